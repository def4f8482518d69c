using MLNet.Sequence.Certificates;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Memory;

/// <summary>The gradients of a loss by the states of earlier steps: the network is run step by step, with the graph of its states.</summary>
/// <param name="host">Where the network runs.</param>
/// <param name="model">The model.</param>
/// <param name="examples">Its examples.</param>
/// <param name="options">How it is measured.</param>
internal sealed class GradientFlow(SequenceHost host, SequenceModel model, IReadOnlyList<MemoryExample> examples, GradientFlowOptions options)
{
    // Of the output that the steps give, relative to that of the whole sequence: both are computed in float32.
    private const double Same = 1e-3;

    private readonly NetworkPlan _plan = model.Network.Inside;
    // Level and scale of a window are those of all its steps: the gradients are those of the network between them.
    private readonly MemorySubject _subject = ModelMemory.Subject(model, examples, new MemoryOptions());

    /// <exception cref="NotSupportedException">The model does not carry all it remembers in the states of recurrent layers.</exception>
    /// <exception cref="InvalidOperationException">No example has two steps.</exception>
    public GradientFlowReport Run()
    {
        if (model.Task.Answered == Answered.EachStep)
            throw new NotSupportedException($"GradientFlow needs a model with one loss for the last step; {model.Task.GetType().Name} has one for each step.");
        int farthest = Math.Min(options.Steps, _subject.Sequences.Max(sequence => sequence.Length / _subject.Features) - 1);
        if (farthest < 1)
            throw new InvalidOperationException("GradientFlow needs sequences of at least 2 steps; the longest has 1.");
        int[] measured = [.. Enumerable.Range(0, _subject.Sequences.Count).Where(i => _subject.Length(i) > farthest).Take(options.Examples)];
        double[][][]? derivatives = Derivatives(measured, farthest);
        using TorchThreads threads = TorchThreads.Use(1);
        using var network = new TorchNetwork(_plan, TorchDevice.Resolve(host.GpuDeviceId, host.FallbackToCpu, out _), model.Weights.Of(_plan.AllWeights()));
        var curve = new FlowSums(farthest, derivatives);
        foreach (int example in measured)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            (double[] norms, float[] slopes) = Norms(network, example, farthest);
            curve.Add(norms, RestoredSlopes(example, slopes));
        }

        return new GradientFlowReport
        {
            Examples = measured.Length,
            LossName = _subject.Metric,
            Curve = curve.Steps(measured.Length),
            CertifiedRate = derivatives is null ? null : model.Certificate.Lambda,
        };
    }

    // By steps back from 1, the norm of the gradient by all states of that step; and the slopes of the loss.
    private (double[] Norms, float[] Slopes) Norms(TorchNetwork network, int example, int farthest)
    {
        float[] slopes = [];
        double[] norms = network.StateGradients(_subject.Sequences[example], farthest, output =>
        {
            MustBeWhole(Restored(example, output), _subject.RunWhole(example));
            return slopes = model.Task.Tokens is not null && model.Task.Answered == Answered.LastStep
                ? LossSlopes.OfCrossEntropy(output, (int)examples[example].Target[0])
                : LossSlopes.Of(values => _subject.Loss(example, Restored(example, values)), output);
        }, examples[example].Beside);
        return (norms, slopes);
    }

    // A convolution, an average over steps or attention remembers more than the states of recurrent layers.
    private void MustBeWhole(float[] stepped, float[] whole)
    {
        double size = Math.Max(1, whole.Max(Math.Abs));
        if (stepped.Length != whole.Length || stepped.Zip(whole, (one, other) => Math.Abs((double)one - other)).Max() > Same * size)
            throw new NotSupportedException("GradientFlow needs a model whose whole memory is the state of its recurrent layers; "
                + $"{model.Architecture.GetType().Name} remembers in other ways too, such as convolutions, attention or averages over steps.");
    }

    // By layer and steps back from 1, the derivatives of the outputs by the layer's state; null if nothing is proved for these examples.
    private double[][][]? Derivatives(int[] measured, int farthest)
    {
        if (!model.Certificate.IsCertified || model.Certificate.Lambda is null
            || measured.Any(i => !model.CertificateCovers(examples[i].Sequence, examples[i].Beside)))
            return null;
        ModelBound bound = ModelBound.Of(model);
        return [.. bound.Recurrent.Select(layer =>
        {
            Func<double[]> next = bound.Derivatives(layer);
            next();
            return Enumerable.Range(0, farthest).Select(_ => next()).ToArray();
        })];
    }

    // The network's output in the units of the whole network.
    private float[] Restored(int example, float[] output)
    {
        float[] restored = [.. output];
        if (model.Network.Normalization is { } normalized)
            Level(example, normalized).Undo(restored.AsSpan(), normalized.Targets);
        return restored;
    }

    // The slopes by outputs in the units of the whole network, which the bounds have.
    private float[] RestoredSlopes(int example, float[] slopes) => model.Network.Normalization is { } normalized
        ? [.. slopes.Select((slope, i) => slope / Level(example, normalized).Scale[i % normalized.Targets])]
        : slopes;

    private WindowLevel Level(int example, WindowNormalized normalized) =>
        WindowLevel.Of(normalized, examples[example].Sequence, _subject.Features);

    /// <summary>Sums over examples, by steps back from 1.</summary>
    /// <param name="farthest">The number of steps back.</param>
    /// <param name="derivatives">By layer and steps back; null: nothing is proved.</param>
    private sealed class FlowSums(int farthest, double[][][]? derivatives)
    {
        private readonly double[] _squares = new double[farthest], _largest = new double[farthest], _bounds = new double[farthest];

        public void Add(double[] norms, float[] slopes)
        {
            for (int back = 0; back < farthest; back++)
            {
                _squares[back] += norms[back] * norms[back];
                _largest[back] = Math.Max(_largest[back], norms[back]);
                foreach (double[][] layer in derivatives ?? [])
                    _bounds[back] += Math.Pow(slopes.Zip(layer[back], (slope, derivative) => Math.Abs(slope) * derivative).Sum(), 2);
            }
        }

        public IReadOnlyList<GradientFlowStep> Steps(int examples) => [.. Enumerable.Range(0, farthest).Select(back => new GradientFlowStep
        {
            StepsBack = back + 1,
            Norm = Math.Sqrt(_squares[back] / examples),
            Largest = _largest[back],
            Bound = derivatives is null ? null : Math.Sqrt(_bounds[back] / examples),
        })];
    }
}
