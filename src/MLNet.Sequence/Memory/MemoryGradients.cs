using MLNet.Sequence.Hosting;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Memory;

/// <summary>
/// The influence of past inputs by gradients: E ‖vᵀJ‖² = ‖J‖² for v of random signs (Hutchinson 1990, "A stochastic estimator of
/// the trace of the influence matrix").
/// </summary>
internal sealed class MemoryGradients(SequenceHost host, SequenceModel model, MemorySubject subject, MemoryOptions options)
{
    private const int Projections = 8;

    // The embedding of tokens, and the network after it; null: the network sees numbers.
    private readonly ManagedNetwork? _vectors = Vectors(model);

    private readonly bool _inside = model.Network.Normalization is not null && options.WindowStatistics == WindowStatistics.WholeWindow;

    /// <summary>The report with the gradients of its influences; for tokens those of their vectors, or none if these are tied to the output.</summary>
    /// <param name="report">The report.</param>
    /// <param name="examples">The examples that the subject was made from.</param>
    public MemoryReport AddTo(MemoryReport report, IReadOnlyList<MemoryExample> examples)
    {
        NetworkPlan plan = _inside ? model.Network.Inside : model.Network;
        if (model.Task.Tokens is not null)
        {
            if (_vectors is null)
                return report;
            plan = plan.AfterFirst();
        }

        using TorchThreads threads = TorchThreads.Use(1);
        using var network = new TorchNetwork(plan, TorchDevice.Resolve(host.GpuDeviceId, host.FallbackToCpu, out _), model.Weights.Of(plan.AllWeights()));
        int[] distances = [.. report.Influence.Select(influence => influence.StepsBack)];
        var squares = new double[distances.Length];
        var counts = new long[distances.Length];
        foreach (int example in MemoryMeasurement.Moved(subject.Sequences.Count))
        {
            double[] norms = SquaredNorms(network, example, examples[example]);
            for (int i = 0; i < distances.Length && distances[i] < norms.Length; i++)
            {
                squares[i] += norms[^(distances[i] + 1)];
                counts[i]++;
            }
        }

        return report with
        {
            Influence = [.. report.Influence.Select((influence, i) => new StepInfluence
            {
                StepsBack = influence.StepsBack,
                Perturbation = influence.Perturbation,
                Gradient = counts[i] == 0 ? double.NaN : Math.Sqrt(squares[i] / counts[i]),
            })],
        };
    }

    private static ManagedNetwork? Vectors(SequenceModel model)
    {
        if (model.Network.Find(NetworkNode.Embedding) is not { } embedding)
            return null;
        NetworkPlan vectors = model.Network.UpTo(embedding);
        return new ManagedNetwork(vectors, model.Weights.Of(vectors.AllWeights()));
    }

    // ‖∂ output / ∂ x_t‖² for each step t.
    private double[] SquaredNorms(TorchNetwork network, int example, MemoryExample whole)
    {
        int features = subject.Features;
        WindowLevel? level = _inside && model.Network.Normalization is { } normalized ? WindowLevel.Of(normalized, whole.Sequence, features) : null;
        int targets = model.Network.Normalization?.Targets ?? 1;
        var random = new RandomStream(options.Seed, example);
        float[] seen = _vectors is null ? subject.Sequences[example] : _vectors.Run(subject.Sequences[example]);
        return network.SquaredInputGradients(seen, Projections, (values, lastStep) =>
        {
            var signs = new float[values];
            int first = model.Task.Answered == Answered.Whole ? 0 : values - lastStep;
            for (int i = first; i < values; i++)
                signs[i] = (random.NextBits() % 2 == 0 ? 1 : -1) * (level?.Scale[i % targets] ?? 1);
            return signs;
        }, whole.Beside.Length == 0 ? null : whole.Beside);
    }
}
