using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// Sets the number of libtorch's threads for as long as the scope is held. The setting belongs to the process: the first
/// scope remembers what it was, the last one puts it back.
/// </summary>
internal sealed class TorchThreads : IDisposable
{
    private static readonly Lock Gate = new();
    private static int s_scopes, s_before;

    private bool _disposed;

    private TorchThreads()
    {
    }

    public static TorchThreads Use(int threads)
    {
        TorchRuntime.EnsureLoaded();
        lock (Gate)
        {
            if (s_scopes++ == 0)
                s_before = get_num_threads();
            // libtorch keeps the number per calling thread as well, so each scope sets it.
            set_num_threads(threads);
        }

        return new TorchThreads();
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        lock (Gate)
        {
            s_scopes--;
            set_num_threads(s_before);
        }
    }
}
