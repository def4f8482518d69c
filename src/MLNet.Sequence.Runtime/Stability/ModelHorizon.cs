using System.Numerics.Tensors;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Model;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Stability;

/// <summary>A model as the subject of a measurement, in plain C#.</summary>
internal static class ModelHorizon
{
    /// <param name="model">The model.</param>
    /// <param name="examples">Standardised; targets in the network's units, a class, tag or token by its number.</param>
    /// <param name="options">How it is measured.</param>
    public static HorizonSubject Subject(SequenceModel model, IReadOnlyList<HorizonExample> examples, HorizonOptions options)
    {
        int features = model.Task.InputSize;
        (string metric, Func<float[], float[], double> loss) = LossOf(model);
        var subject = new HorizonSubject
        {
            Metric = metric,
            Features = features,
            Sequences = [.. examples.Select(example => example.Sequence)],
            Overlap = Overlap(model.Task, examples),
            Run = Function(model, examples),
            LastStepOutputs = (model.Task as SequenceTagging)?.Tags ?? 0,
            Loss = (i, output) => loss(output, examples[i].Target),
            Move = TokensOf(model.Task) is null
                ? HorizonSubject.By([.. Enumerable.Repeat(1f, features)])
                : (token, random) => token[0] = Another(token[0], examples, random),
        };
        return model.Network.Normalization is { } normalized && options.WindowStatistics == WindowStatistics.WholeWindow
            ? Inside((subject, examples), normalized, new ManagedNetwork(model.Network.Inside, model.Weights))
            : subject;
    }

    /// <summary>The exponent of the model's backbone along its examples; null where it has none.</summary>
    public static double? Exponent(SequenceModel model, (HorizonSubject Subject, IReadOnlyList<HorizonExample> Examples) of, long seed)
    {
        NetworkPlan backbone = model.Network.Find(NetworkNode.Backbone) is { } node ? model.Network.UpTo(node) : model.Network.Inside;
        if (backbone.ReceptiveField is not null)
            return null;
        var network = new ManagedNetwork(backbone, model.Weights.Of(backbone.AllWeights()));
        // What has no steps stands behind what is known ahead, which a backbone does not read.
        return network.CanStep
            ? ContractionRate.Exponent(network, of.Subject.Sequences.Take(HorizonMeasurement.MostMoved), seed, i => of.Examples[i].Beside[^network.BesideSize..])
            : null;
    }

    // Rows are on their own; forecasts of some steps from neighbouring origins share the values that come to be.
    private static int Overlap(SequenceTask task, IReadOnlyList<HorizonExample> examples) => task switch
    {
        SequenceRowTask => 0,
        Forecasting forecasting when examples.Count > 0 && examples[0].Stride > 0 => (int)Math.Ceiling(forecasting.Horizon / examples[0].Stride),
        _ => 1,
    };

    // Of what is seen behind the normalisation, whose level and scale stay those of the whole window.
    private static HorizonSubject Inside((HorizonSubject Subject, IReadOnlyList<HorizonExample> Examples) of, WindowNormalized normalized, ManagedNetwork inner)
    {
        HorizonSubject whole = of.Subject;
        int features = whole.Features;
        WindowLevel[] levels = [.. whole.Sequences.Select(window => WindowLevel.Of(normalized, window, features))];
        return whole with
        {
            Sequences = [.. whole.Sequences.Select((window, i) => levels[i].Apply(window))],
            Run = (i, sequence, steps) => levels[i].Undo(inner.Run(sequence.AsSpan(^(steps * features)..), of.Examples[i].Beside), normalized.Targets),
        };
    }

    /// <summary>The vocabulary of a model of tokens; null where it reads numbers.</summary>
    public static TokenInput? TokensOf(SequenceTask task) => task switch
    {
        SequenceRowTask row => row.Input.Tokens,
        NextStep next => next.Input.Tokens,
        _ => null,
    };

    private static Func<int, float[], int, float[]> Function(SequenceModel model, IReadOnlyList<HorizonExample> examples)
    {
        (ManagedNetwork network, int features) = (model.Managed, model.Task.InputSize);
        return model.Task switch
        {
            SequenceTagging => (_, sequence, steps) => EachStep(network, sequence, (features, steps, model.Network.IsCausal ? 1 : steps)),
            NextStep => (_, sequence, steps) => network.Run(sequence.AsSpan(^(steps * features)..))[^network.OutputSize..],
            _ => (i, sequence, steps) => network.Run(sequence.AsSpan(^(steps * features)..), examples[i].Beside),
        };
    }

    // What is said of each step when it sees so many steps up to it, itself among them, and so many from it on.
    private static float[] EachStep(ManagedNetwork network, float[] sequence, (int Features, int Before, int After) sees)
    {
        (int length, int size) = (sequence.Length / sees.Features, network.OutputSize);
        if (sees.Before >= length)
            return network.Run(sequence);
        var all = new float[length * size];
        for (int step = 0; step < length; step++)
        {
            (int first, int end) = (Math.Max(0, step + 1 - sees.Before), Math.Min(length, step + sees.After));
            float[] seen = network.Run(sequence.AsSpan((first * sees.Features)..(end * sees.Features)));
            seen.AsSpan((step - first) * size, size).CopyTo(all.AsSpan(step * size));
        }

        return all;
    }

    // As it comes in the examples; the same one only where all that is drawn is the same.
    private static float Another(float token, IReadOnlyList<HorizonExample> examples, RandomStream random)
    {
        const int attempts = 100;
        float drawn = token;
        for (int attempt = 0; attempt < attempts && drawn == token; attempt++)
        {
            float[] sequence = examples[(int)random.NextInt64(examples.Count)].Sequence;
            drawn = sequence[random.NextInt64(sequence.Length)];
        }

        return drawn;
    }

    private static (string Metric, Func<float[], float[], double> Loss) LossOf(SequenceModel model) => model.Task switch
    {
        Forecasting or SequenceRegression => ("mean squared error", HorizonSubject.MeanSquare),
        SequenceClassification => ("log-loss", (logits, label) => CrossEntropy(logits, (int)label[0])),
        SequenceBinaryClassification => ("log-loss", (logit, label) => CrossEntropy(logit[0], label[0])),
        NextStep { Kind: StepKind.MultiLabel } => ("loss per step", (logits, bits) => logits.Zip(bits, (x, y) => CrossEntropy(x, y)).Sum()),
        NextStep { Kind: StepKind.Token } => ("loss per step", (logits, token) => CrossEntropy(logits, (int)token[0])),
        NextStep => ("loss per step", HorizonSubject.MeanSquare),
        SequenceTagging task => ("loss per step", LossOf(task, task.Chain(model.Weights))),
        _ => throw new NotSupportedException($"The memory horizon of the task {model.Task.GetType().Name} cannot be measured by its model; measure a function instead."),
    };

    private static Func<float[], float[], double> LossOf(SequenceTagging task, TagChain? chain) => (scores, tags) => chain is null
        ? tags.Select((tag, step) => CrossEntropy(scores.AsSpan(step * task.Tags, task.Tags), (int)tag)).Average()
        : -chain.LogProbability(scores, Array.ConvertAll(tags, tag => (int)tag)) / tags.Length;

    private static double CrossEntropy(ReadOnlySpan<float> logits, int label)
    {
        double most = TensorPrimitives.Max(logits), sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - most);
        return most + Math.Log(sum) - logits[label];
    }

    // −y·ln σ(x) − (1 − y)·ln(1 − σ(x)), in a form that does not overflow.
    private static double CrossEntropy(double x, double y) => Math.Max(x, 0) - x * y + Math.Log(1 + Math.Exp(-Math.Abs(x)));
}
