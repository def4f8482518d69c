using MLNet.Sequence.Hosting;
using MLNet.Sequence.Model;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Scoring;

/// <summary>
/// Runs a model's network on the backend that the user or <see cref="ScoringBackend.Auto"/> chooses. libtorch's network is
/// made on the device of the context when it is first needed; where that fails, tried anew the next time, since the user may
/// have chosen another device. Safe from several threads.
/// </summary>
internal sealed class NetworkScorer(SequenceHost host, SequenceModel model) : IDisposable
{
    private const long LargestManagedPass = 100_000_000;

    private readonly Lock _gate = new();
    private TorchNetwork? _network;
    private bool _disposed, _warned, _toldRange;

    /// <summary>What runs the network, from the next pass on.</summary>
    public ScoringBackend Backend { get; set; }

    /// <summary>The network's output for each row. The same rows in the same pass give the same bits, whoever asks.</summary>
    /// <param name="input">[batch, T, C], standardised.</param>
    /// <param name="batch">The number of rows; at least 1.</param>
    /// <param name="lengths">The valid steps of each row; null: all. What comes out for the steps after them means nothing.</param>
    /// <param name="beside">[batch, …]: what is read beside the input; null: nothing.</param>
    public float[] Score(float[] input, int batch, long[]? lengths = null, float[]? beside = null)
    {
        WarnOfRange(input, beside);
        if (Network(input.Length) is not { } network)
            return model.Managed.Score(input, batch, lengths, beside);
        // One thread: the same bits on every machine of a kind, and none of the slowness of two threads on small work.
        using TorchThreads threads = TorchThreads.Use(1);
        return network.Score(input, batch, lengths, beside: beside);
    }

    /// <summary>The state of a sequence that is to be scored part by part. What runs it is chosen once, for parts of so many steps.</summary>
    public CarriedState Start(int steps) => Network((long)steps * model.Task.InputSize) is null
        ? new CarriedState { Managed = new float[model.Managed.StateSize] }
        : new CarriedState { Torch = new TorchState() };

    /// <summary>The network's output for each of the next steps of a sequence.</summary>
    /// <param name="steps">[T, C], standardised.</param>
    /// <param name="state">What they go on from; then what they leave.</param>
    public float[] Score(float[] steps, CarriedState state)
    {
        WarnOfRange(steps);
        if (state.Torch is { } carried)
        {
            using TorchThreads threads = TorchThreads.Use(1);
            return Started().Score(steps, batch: 1, state: carried);
        }

        int width = model.Task.InputSize, size = model.Managed.OutputSize;
        var output = new float[steps.Length / width * size];
        for (int step = 0; step < output.Length / size; step++)
            model.Managed.Step(steps.AsSpan(step * width, width), output.AsSpan(step * size, size), state.Managed);
        return output;
    }

    /// <summary>
    /// Releases the network's native memory. Rows are scored in plain C# from then on: a PredictionEngine disposes the model that it
    /// shares with others.
    /// </summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _network?.Dispose();
            _network = null;
        }
    }

    // Once for all rows: what is proved of the model's memory is proved of inputs of a range alone.
    private void WarnOfRange(float[] input, float[]? beside = null)
    {
        if (_toldRange || model.CertificateCovers(input) && Rows(beside).All(row => model.CertificateCovers([], row)))
            return;
        _toldRange = true;
        using HostChannel channel = host.Start("Scoring");
        channel.WarnOnce(
            $"range {Convert.ToHexString(ModelIdentity.Of(model).Numbers)}",
            "Some inputs lie outside the range of the training rows, for which alone the model's memory is certified: its certificate says nothing of "
                + "their outputs.");
    }

    private float[][] Rows(float[]? beside) => beside is null ? [] : [.. beside.Chunk(model.Network.BesideSize)];

    // libtorch's network; null where plain C# is to serve.
    private TorchNetwork? Network(long inputs)
    {
        lock (_gate)
        {
            if (Backend == ScoringBackend.Managed || Backend == ScoringBackend.Auto && (_disposed || IsForManaged(inputs)))
                return null;
            if (_disposed)
                throw Disposed();

            try
            {
                return _network ??= MakeNetwork();
            }
            catch (TorchLoadException absent) when (Backend == ScoringBackend.Auto && host.GpuDeviceId is null)
            {
                if (!_warned)
                    Warn($"Rows are scored in plain C#, since libtorch cannot be loaded: {absent.Message}");
                _warned = true;
                return null;
            }
        }
    }

    private TorchNetwork Started()
    {
        lock (_gate)
            return _network ?? throw Disposed();
    }

    private ObjectDisposedException Disposed() => new(
        host.Name,
        $"The {host.Name} was disposed, and with it what libtorch needs. A PredictionEngine disposes the model that it was made of, unless "
            + "PredictionEngineOptions.OwnsTransformer is false.");

    private bool IsForManaged(long inputs) => host.GpuDeviceId is null && inputs / model.Task.InputSize <= LargestManagedPass / model.ParameterCount;

    private TorchNetwork MakeNetwork()
    {
        // What is scored on from a state is asked for every step, as in training.
        NetworkPlan plan = model.Task.BuildTrained(SequenceModel.Backbone(model.Architecture, model.Task));
        var network = new TorchNetwork(
            plan, TorchDevice.Resolve(host.GpuDeviceId, host.FallbackToCpu, out string? warning), model.Weights);
        foreach (string text in TorchRuntime.TakeWarnings().Append(warning).OfType<string>())
            Warn(text);
        return network;
    }

    private void Warn(string warning)
    {
        using HostChannel channel = host.Start("Scoring");
        channel.Warning(warning);
    }
}

/// <summary>What a sequence that is scored part by part goes on from: one of both.</summary>
internal sealed class CarriedState : IDisposable
{
    public float[] Managed { get; init; } = [];

    public TorchState? Torch { get; init; }

    public void Dispose() => Torch?.Dispose();
}
