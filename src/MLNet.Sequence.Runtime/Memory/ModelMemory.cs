using MLNet.Sequence.Certificates;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Memory;

/// <summary>A model whose memory is measured, in plain C#.</summary>
internal static class ModelMemory
{
    /// <param name="model">The model.</param>
    /// <param name="examples">Standardised; targets in the network's units, or a class, tag or token by its number.</param>
    /// <param name="options">How it is measured.</param>
    public static MemorySubject Subject(SequenceModel model, IReadOnlyList<MemoryExample> examples, MemoryOptions options)
    {
        int features = model.Task.InputSize;
        TaskLoss loss = model.Task.LossBy(model.Weights);
        var counts = model.Task.Series is { } series && series.Decoded is DistributionDecoding { IsOfCounts: true } of ? of : null;
        var subject = new MemorySubject
        {
            Metric = loss.Name,
            Features = features,
            Sequences = [.. examples.Select(example => example.Sequence)],
            Overlap = model.Task.Overlap(examples.Count > 0 ? examples[0].Stride : 0),
            Run = Function(model, examples),
            Lag = ModelBound.Lag(model),
            LastStepOutputs = model.Task.Answered == Answered.EachStep ? model.Managed.OutputSize : 0,
            Loss = (i, output) => loss.Of(counts is null ? output : counts.StandardMeans(output, examples[i].Scaling!), examples[i].Target),
            LossOfNothing = model.Task.Answered == Answered.LastStep && loss.IsInNats ? LossOfFrequencies(model, examples, loss) : null,
            Move = model.Task.Tokens is null
                ? MemorySubject.By([.. Enumerable.Repeat(1f, features)])
                : (token, random) => token[0] = Another(token[0], examples, random),
        };
        return model.Network.Normalization is { } normalized && options.WindowStatistics == WindowStatistics.WholeWindow
            ? Inside((subject, examples), normalized, new ManagedNetwork(model.Network.Inside, model.Weights))
            : subject;
    }

    /// <summary>The Lyapunov exponent of the model's backbone along its examples; null if it has none.</summary>
    public static double? Exponent(SequenceModel model, (MemorySubject Subject, IReadOnlyList<MemoryExample> Examples) of, long seed)
    {
        NetworkPlan backbone = model.Network.Find(NetworkNode.Backbone) is { } node ? model.Network.UpTo(node) : model.Network.Inside;
        if (backbone.ReceptiveField is not null)
            return null;
        var network = new ManagedNetwork(backbone, model.Weights.Of(backbone.AllWeights()));
        // Static values come after the known inputs, which a backbone does not read.
        return network.CanStep
            ? ContractionRate.Exponent(
                network, of.Subject.Sequences.Take(MemoryMeasurement.MostMoved), seed, i => of.Examples[i].Beside[^network.BesideSize..])
            : null;
    }

    // Steps are cut off only after the normalisation; level and scale stay those of the whole window.
    private static MemorySubject Inside((MemorySubject Subject, IReadOnlyList<MemoryExample> Examples) of, WindowNormalized normalized, ManagedNetwork inner)
    {
        MemorySubject whole = of.Subject;
        int features = whole.Features;
        WindowLevel[] levels = [.. whole.Sequences.Select(window => WindowLevel.Of(normalized, window, features))];
        return whole with
        {
            Sequences = [.. whole.Sequences.Select((window, i) => levels[i].Apply(window))],
            Run = (i, sequence, steps) => levels[i].Undo(inner.Run(sequence.AsSpan(^(steps * features)..), of.Examples[i].Beside), normalized.Targets),
        };
    }

    private static Func<int, float[], int, float[]> Function(SequenceModel model, IReadOnlyList<MemoryExample> examples)
    {
        (ManagedNetwork network, int features) = (model.Managed, model.Task.InputSize);
        return model.Task.Answered switch
        {
            Answered.EachStep => (_, sequence, steps) => EachStep(network, sequence, (features, steps, model.Network.IsCausal ? 1 : steps)),
            Answered.LastStep => (_, sequence, steps) => network.Run(sequence.AsSpan(^(steps * features)..))[^network.OutputSize..],
            _ => (i, sequence, steps) => network.Run(sequence.AsSpan(^(steps * features)..), examples[i].Beside),
        };
    }

    // The output for each step when it sees Before steps up to and including it, and After steps from it on.
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

    // The loss of the logits that give each token, or each value of 1, its frequency.
    private static Func<int, double> LossOfFrequencies(SequenceModel model, IReadOnlyList<MemoryExample> examples, TaskLoss loss)
    {
        (int features, int outputs) = (model.Task.InputSize, model.Managed.OutputSize);
        bool areTokens = model.Task.Tokens is not null;
        // Half a step more than were seen: none has the probability 0 (Krichevsky and Trofimov 1981).
        double[] counts = [.. Enumerable.Repeat(0.5, outputs)];
        double steps = 1;
        foreach (MemoryExample example in examples)
        {
            foreach (float[] part in new[] { example.Sequence, example.Target })
            {
                for (int i = 0; i < part.Length; i++)
                    counts[areTokens ? (int)part[i] : i % features] += areTokens ? 1 : part[i];
                steps += part.Length / features;
            }
        }

        float[] logits = [.. counts.Select(count => (float)(areTokens ? Math.Log(count) : Math.Log(count / (steps - count))))];
        return i => loss.Of(logits, examples[i].Target);
    }

    // A random step of the examples; it is the given step only if all draws give that step.
    private static float Another(float token, IReadOnlyList<MemoryExample> examples, RandomStream random)
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
}
