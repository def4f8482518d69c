using MLNet.Sequence.Hosting;
using MLNet.Sequence.Model;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Estimators;

/// <summary>
/// A model's network on the device of the context, made when it is first needed; where that fails, tried anew the next
/// time, since the user may have chosen another device. Safe from several threads.
/// </summary>
internal sealed class NetworkScorer(SequenceHost host, SequenceModel model) : IDisposable
{
    private readonly Lock _gate = new();
    private TorchNetwork? _network;
    private bool _disposed;

    /// <summary>The network's output for each row.</summary>
    /// <param name="input">[batch, T, C], standardised.</param>
    /// <param name="batch">The number of rows; at least 1.</param>
    /// <param name="lengths">The valid steps of each row; null: all.</param>
    public float[] Score(float[] input, int batch, long[]? lengths = null)
    {
        TorchNetwork network = Network();
        // One thread: the same bits on every machine of a kind, and none of the slowness of two threads on small work.
        using TorchThreads threads = TorchThreads.Use(1);
        return network.Score(input, batch, lengths);
    }

    /// <summary>Releases the network's native memory.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _network?.Dispose();
            _network = null;
        }
    }

    private TorchNetwork Network()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _network ??= MakeNetwork();
        }
    }

    private TorchNetwork MakeNetwork()
    {
        var network = new TorchNetwork(
            model.Network, model.Task.InputSize, TorchDevice.Resolve(host.GpuDeviceId, host.FallbackToCpu, out string? warning), model.Weights);
        if (warning is not null)
        {
            using HostChannel channel = host.Start("Scoring");
            channel.Warning(warning);
        }

        return network;
    }
}
