using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// Sets the number of libtorch's threads until the scope is disposed. The setting belongs to the process: the first scope remembers the
/// original number, and a thread's outermost scope restores it. An inner scope restores the number of its outer scope.
/// </summary>
internal sealed class TorchThreads : IDisposable
{
    private static readonly Lock Gate = new();
    private static int s_scopes, s_before;

    [ThreadStatic]
    private static int t_current;

    private readonly int _enclosing;
    private bool _disposed;

    private TorchThreads(int enclosing) => _enclosing = enclosing;

    public static TorchThreads Use(int threads)
    {
        TorchRuntime.EnsureLoaded();
        lock (Gate)
        {
            // libtorch keeps the number per calling thread as well, so each scope sets it. A thread takes the number of the process when it is first asked,
            // and would do so inside this scope: it is asked before.
            int present = get_num_threads();
            if (s_scopes++ == 0)
                s_before = present;
            set_num_threads(threads);
        }

        var scope = new TorchThreads(t_current);
        t_current = threads;
        return scope;
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        t_current = _enclosing;
        lock (Gate)
        {
            s_scopes--;
            set_num_threads(_enclosing > 0 ? _enclosing : s_before);
        }
    }
}
