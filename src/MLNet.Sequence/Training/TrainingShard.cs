using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>What one shard, or all of a batch, gave.</summary>
/// <param name="Sum">The sum of the losses of its examples, each times its weight.</param>
/// <param name="Weight">The sum of the weights; as in <see cref="Batch.Weight"/>.</param>
/// <param name="Examples">The number of examples.</param>
/// <param name="DataSeconds">The time to load them.</param>
internal readonly record struct ShardLoss(double Sum, double Weight, double Examples, double DataSeconds)
{
    /// <summary>The mean loss.</summary>
    public double Mean => Weight == 0 ? 0 : Sum / Weight;

    public static ShardLoss operator +(ShardLoss a, ShardLoss b) =>
        new(a.Sum + b.Sum, a.Weight + b.Weight, a.Examples + b.Examples, a.DataSeconds + b.DataSeconds);
}

/// <summary>One shard of each batch: the network with gradients of its own, and the state that its rows carry.</summary>
internal sealed class TrainingShard : IDisposable
{
    private readonly TorchNetwork _network;
    private readonly TrainingJob _job;
    private readonly IObjective _objective;
    private readonly TrainingOptions _options;
    private readonly NewtonTally _newton;

    private readonly bool _isTwin;
    private readonly BackpropWindow? _window;

    /// <param name="network">The network to train.</param>
    /// <param name="isTwin">Whether the shard uses a twin of the network; else it uses the network itself.</param>
    /// <param name="job">The batches and the objective.</param>
    /// <param name="options">How to train.</param>
    /// <param name="newton">Counts what Newton's method reaches.</param>
    public TrainingShard(TorchNetwork network, bool isTwin, TrainingJob job, TrainingOptions options, NewtonTally newton)
    {
        _isTwin = isTwin;
        (_network, _job, _options, _newton) = (isTwin ? network.Twin() : network, job, options, newton);
        _objective = job.Objective.For(_network.Parameters);
        State = job.Training.CarriesState ? new TorchState() : null;
        _window = State is not null && options is { BackpropSteps: { } chunk, BackpropDepth: { } depth } && depth > chunk
            ? new BackpropWindow(_network, job.Training, chunk, depth)
            : null;
    }

    /// <summary>The state carried from batch to batch if the source has chunks; else null.</summary>
    public TorchState? State { get; }

    public Tensor Gradients => _network.Parameters.Gradients;

    /// <summary>Adds the gradients of these rows.</summary>
    /// <param name="examples">The rows.</param>
    /// <param name="stepWeight">The weight of a full step: the gradients are multiplied by the weight of the rows and divided by it.</param>
    /// <param name="maskSeed">The seed of the dropout masks.</param>
    public ShardLoss Accumulate(long[] examples, double stepWeight, long maskSeed)
    {
        using var scope = NewDisposeScope();
        long start = _options.Clock.GetTimestamp();
        Batch batch = _job.Training.Load(examples, _network.Device);
        double seconds = _options.Clock.GetElapsedTime(start).TotalSeconds;
        double factor = batch.Weight / stepWeight;
        // With zero state: the carried state has all rows.
        void TryFirst(int size) =>
            Accumulate(_job.Training.Load(examples.AsSpan(0, size), _network.Device) with { Continues = false }, examples[..size], factor, maskSeed);
        double loss = MemoryShortage.Guard(() => Accumulate(batch, examples, factor, maskSeed), () => (batch.Input.shape, TryFirst));
        return new ShardLoss(loss * batch.Weight, batch.Weight, batch.Examples, seconds);
    }

    /// <summary>Runs rows without gradients, for the state that they leave.</summary>
    public void CarryState(long[] examples)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Batch batch = _job.Training.Load(examples, _network.Device);
        if (batch.Input.shape[1] > 0)
            _network.Forward(batch.Input, Pass(batch, masks: null) with { Newton = null });
    }

    public void Dispose()
    {
        State?.Dispose();
        if (_isTwin)
            _network.Dispose();
    }

    private double Accumulate(Batch batch, long[] examples, double factor, long maskSeed)
    {
        // All rows ended in earlier chunks.
        if (batch.Input.shape[1] == 0)
        {
            State?.Clear();
            return 0;
        }

        TorchPass pass = Pass(batch, new DropoutMasks(maskSeed));
        // Steps before the first forecast only change the state.
        if (batch.Weight == 0)
        {
            using var noGrad = no_grad();
            Run(batch, examples, pass);
            return 0;
        }

        Tensor loss = _objective.Loss(Run(batch, examples, pass), batch);
        BackwardPass.Run(factor == 1 ? loss : loss.Mul(factor));
        return loss.item<float>();
    }

    private Tensor Run(Batch batch, long[] examples, TorchPass pass) => _window?.Forward(batch, examples, pass) ?? _network.Forward(batch.Input, pass);

    private TorchPass Pass(Batch batch, DropoutMasks? masks)
    {
        if (!batch.Continues)
            State?.Clear();
        return new TorchPass
        {
            Dropout = masks,
            Lengths = batch.Lengths,
            Beside = batch.Beside,
            Targets = batch.Target,
            State = State,
            WarmUp = _options.ParallelWarmUp,
            Newton = _newton,
            Kernels = _options.Kernels,
            MatrixType = _options.Precision == Precision.BFloat16 ? ScalarType.BFloat16 : null,
        };
    }
}
