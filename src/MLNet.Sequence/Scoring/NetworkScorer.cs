using MLNet.Sequence.Hosting;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Model;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Scoring;

/// <summary>
/// Runs a model's network on the backend that the user or <see cref="ScoringBackend.Auto"/> chooses. libtorch's network is
/// created on the device of the context when it is first needed. If that fails, the next call tries again, since the user may
/// have chosen another device. Safe from several threads.
/// </summary>
internal sealed class NetworkScorer(SequenceHost host, SequenceModel model) : IDisposable
{
    private const long LargestManagedPass = 100_000_000;

    // Weights of a recurrent network of which a core keeps those of a step in its cache.
    private const long MostRecurrentWeights = 250_000;

    // Plain C# runs only a network of one tree with many sequences at once.
    private readonly bool _advancesTogether = model.ParameterCount <= MostRecurrentWeights
        && model.Network.Inputs.Count == 1 && model.Network.Merged() is [var tree] && AdvancesTogether(tree.Layer, model.Network.InputSizeOf(tree));

    private readonly Lock _gate = new();
    private TorchNetwork? _network;
    private bool _disposed, _warned, _toldRange;

    /// <summary>The backend that runs the network, from the next pass on.</summary>
    public ScoringBackend Backend { get; set; }

    /// <summary>The network's output for each row. The same rows in the same pass give the same bits for every caller.</summary>
    /// <param name="input">[batch, T, C], standardised.</param>
    /// <param name="batch">The number of rows; at least 1.</param>
    /// <param name="lengths">The valid steps of each row; null: all. Outputs of the steps after them have no meaning.</param>
    /// <param name="beside">[batch, …]: further inputs; null: none.</param>
    public float[] Score(float[] input, int batch, long[]? lengths = null, float[]? beside = null)
    {
        WarnOfRange(input, beside);
        if (Network(input.Length, together: lengths is null) is not { } network)
            return model.Managed.Score(input, batch, lengths, beside);
        // One thread: the same bits on every machine of a kind, and two threads are slower on small work.
        using TorchThreads threads = TorchThreads.Use(1);
        return network.Score(input, batch, lengths, beside: beside);
    }

    /// <summary>The state of a sequence that is scored part by part. The backend is chosen once, for parts of this number of steps.</summary>
    public CarriedState Start(int steps) => Network((long)steps * model.Task.InputSize, together: false) is null
        ? new CarriedState { Managed = new float[model.Managed.StateSize] }
        : new CarriedState { Torch = new TorchState() };

    /// <summary>The network's output for each of the next steps of a sequence.</summary>
    /// <param name="steps">[T, C], standardised.</param>
    /// <param name="state">The state before these steps; then the state after them.</param>
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
    /// Releases the network's native memory. Rows are then scored in plain C#: a PredictionEngine disposes the model that it
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

    // Once for all rows: the model's memory is proven only for inputs within a range.
    private void WarnOfRange(float[] input, float[]? beside = null)
    {
        if (_toldRange || model.CertificateCovers(input) && Rows(beside).All(row => model.CertificateCovers([], row)))
            return;
        _toldRange = true;
        using HostChannel channel = host.Start("Scoring");
        channel.WarnOnce(
            $"range {Convert.ToHexString(ModelIdentity.Of(model).Numbers)}",
            "Some inputs are outside the range of the training rows. The model's memory is certified only for that range: the certificate does not "
                + "hold for their outputs.");
    }

    private float[][] Rows(float[]? beside) => beside is null ? [] : [.. beside.Chunk(model.Network.BesideSize)];

    // libtorch's network; null if plain C# is used. Padded sequences, and a single one, do not advance together.
    private TorchNetwork? Network(long inputs, bool together)
    {
        lock (_gate)
        {
            if (Backend == ScoringBackend.Managed || Backend == ScoringBackend.Auto && (_disposed || IsForManaged(inputs, together)))
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
        $"The {host.Name} was disposed, and with it the memory that libtorch needs. A PredictionEngine disposes its model, unless "
            + "PredictionEngineOptions.OwnsTransformer is false.");

    private bool IsForManaged(long inputs, bool together) =>
        host.GpuDeviceId is null && (_advancesTogether && together || inputs / model.Task.InputSize <= LargestManagedPass / model.ParameterCount);

    // Whether plain C# advances many sequences together: only layers whose step reads the step before, or no other step.
    private static bool AdvancesTogether(Layer layer, int inputSize) => layer switch
    {
        RnnLayer or LstmLayer or GruLayer or Dense or Dropout or LastStep => true,
        Sequential => layer.Children(inputSize).All(child => AdvancesTogether(child.Layer, child.InputSize)),
        _ => false,
    };

    private TorchNetwork MakeNetwork()
    {
        // Scoring from a state has an output for every step, as in training.
        NetworkPlan plan = model.Task.BuildTrained(
            SequenceModel.Backbone(model.Architecture, model.Task), SequenceModel.Encoder(model.Architecture, model.Task));
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

/// <summary>The state of a sequence that is scored part by part: one of the two.</summary>
internal sealed class CarriedState : IDisposable
{
    public float[] Managed { get; init; } = [];

    public TorchState? Torch { get; init; }

    public void Dispose() => Torch?.Dispose();
}
