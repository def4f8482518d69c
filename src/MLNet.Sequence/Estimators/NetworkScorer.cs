using MLNet.Sequence.Hosting;
using MLNet.Sequence.Model;
using MLNet.Sequence.Stability;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Estimators;

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
    public float[] Score(float[] input, int batch, long[]? lengths = null)
    {
        WarnOfRange(input);
        if (Network(input) is not { } network)
            return model.Managed.Score(input, batch, lengths);
        // One thread: the same bits on every machine of a kind, and none of the slowness of two threads on small work.
        using TorchThreads threads = TorchThreads.Use(1);
        return network.Score(input, batch, lengths);
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
    private void WarnOfRange(float[] input)
    {
        if (_toldRange || model.CertificateCovers(input))
            return;
        _toldRange = true;
        Warn("Some inputs lie outside the range of the training rows, for which alone the model's memory is certified: its certificate says nothing of their outputs.");
    }

    // libtorch's network; null where plain C# is to serve.
    private TorchNetwork? Network(float[] input)
    {
        lock (_gate)
        {
            if (Backend == ScoringBackend.Managed || Backend == ScoringBackend.Auto && (_disposed || IsForManaged(input)))
                return null;
            if (_disposed)
            {
                throw new ObjectDisposedException(
                    host.Name,
                    $"The {host.Name} was disposed, and with it what libtorch needs. A PredictionEngine disposes the model that it was made of, unless PredictionEngineOptions.OwnsTransformer is false.");
            }

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

    private bool IsForManaged(float[] input) =>
        host.GpuDeviceId is null && input.Length / model.Task.InputSize * model.ParameterCount <= LargestManagedPass;

    private TorchNetwork MakeNetwork()
    {
        var network = new TorchNetwork(
            model.Network, model.Task.InputSize, TorchDevice.Resolve(host.GpuDeviceId, host.FallbackToCpu, out string? warning), model.Weights);
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
