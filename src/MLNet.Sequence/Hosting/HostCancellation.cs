namespace MLNet.Sequence.Hosting;

/// <summary>
/// One token for the two ways to stop: the user's token and <c>MLContext.CancelExecution</c>,
/// which only sets a flag and must be looked at.
/// </summary>
internal sealed class HostCancellation : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _source;
    private readonly Timer _watch;

    public HostCancellation(SequenceHost host, CancellationToken token)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(token);
        if (host.IsCanceled)
            _source.Cancel();
        _watch = new Timer(_ => Look(host), null, Interval, Interval);
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        // Waits for a look that is under way: it must not cancel a source that is gone.
        using var stopped = new ManualResetEvent(false);
        if (_watch.Dispose(stopped))
            stopped.WaitOne();
        _source.Dispose();
    }

    private void Look(SequenceHost host)
    {
        if (host.IsCanceled)
            _source.Cancel();
    }
}
