using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Model;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Stability;

/// <summary>A model as the subject of a measurement, in plain C#.</summary>
internal static class ModelHorizon
{
    /// <param name="model">The model.</param>
    /// <param name="examples">Standardised; targets in the network's units, a class by its number.</param>
    /// <param name="options">How it is measured.</param>
    public static HorizonSubject Subject(SequenceModel model, IReadOnlyList<HorizonExample> examples, HorizonOptions options)
    {
        int features = model.Task.InputSize;
        (string metric, Func<float[], float[], double> loss) = LossOf(model.Task);
        var subject = new HorizonSubject
        {
            Metric = metric,
            Features = features,
            Sequences = [.. examples.Select(example => example.Sequence)],
            Run = Function(model.Managed, model.Task),
            Loss = (i, output) => loss(output, examples[i].Target),
            Deviation = [.. Enumerable.Repeat(1f, features)],
        };
        return model.Network is WindowNormalized normalized && options.WindowStatistics == WindowStatistics.WholeWindow
            ? Inside(subject, normalized, NetworkPart.Of(model).Normalized().InPlainCSharp())
            : subject;
    }

    /// <summary>The exponent of the model's backbone along its examples; null where it has none.</summary>
    public static double? Exponent(SequenceModel model, HorizonSubject subject, long seed)
    {
        NetworkPart backbone = NetworkPart.Of(model).Normalized().Child("backbone");
        if (backbone.Layer.ReceptiveField is not null)
            return null;
        ManagedNetwork network = backbone.InPlainCSharp();
        return network.CanStep ? ContractionRate.Exponent(network, subject.Sequences.Take(HorizonMeasurement.MostMoved), seed) : null;
    }

    // Of what is seen behind the normalisation, whose level and scale stay those of the whole window.
    private static HorizonSubject Inside(HorizonSubject whole, WindowNormalized normalized, ManagedNetwork inner)
    {
        int features = whole.Features;
        WindowLevel[] levels = [.. whole.Sequences.Select(window => WindowLevel.Of(normalized.Kind, window, features))];
        return whole with
        {
            Sequences = [.. whole.Sequences.Select((window, i) => levels[i].Apply(window))],
            Run = (i, shown) => levels[i].Undo(inner.Run(shown), normalized.Targets),
        };
    }

    private static Func<int, float[], float[]> Function(ManagedNetwork network, SequenceTask task) => task is NextStep
        ? (_, shown) => network.Run(shown)[^network.OutputSize..]
        : (_, shown) => network.Run(shown);

    private static (string Metric, Func<float[], float[], double> Loss) LossOf(SequenceTask task) => task switch
    {
        Forecasting or SequenceRegression => ("mean squared error", HorizonSubject.MeanSquare),
        SequenceClassification => ("log-loss", (logits, label) => CrossEntropy(logits, (int)label[0])),
        SequenceBinaryClassification => ("log-loss", (logit, label) => CrossEntropy(logit[0], label[0])),
        NextStep { Kind: StepKind.MultiLabel } => ("loss per step", (logits, bits) => logits.Zip(bits, (x, y) => CrossEntropy(x, y)).Sum()),
        NextStep => ("loss per step", HorizonSubject.MeanSquare),
        _ => throw new NotSupportedException($"The memory horizon of the task {task.GetType().Name} cannot be measured by its model; measure a function instead."),
    };

    private static double CrossEntropy(float[] logits, int label)
    {
        double most = logits.Max();
        return most + Math.Log(logits.Sum(logit => Math.Exp(logit - most))) - logits[label];
    }

    // −y·ln σ(x) − (1 − y)·ln(1 − σ(x)), in a form that does not overflow.
    private static double CrossEntropy(double x, double y) => Math.Max(x, 0) - x * y + Math.Log(1 + Math.Exp(-Math.Abs(x)));
}
