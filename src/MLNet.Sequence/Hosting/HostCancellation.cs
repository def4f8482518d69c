namespace MLNet.Sequence.Hosting;

/// <summary>
/// One token for the two ways to stop: the user's tokens and <c>MLContext.CancelExecution</c>,
/// which only sets a flag that must be polled.
/// </summary>
internal sealed class HostCancellation : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _source;
    private readonly Timer _watch;

    public HostCancellation(SequenceHost host, ReadOnlySpan<CancellationToken> tokens)
    {
        Host = host;
        _source = tokens.IsEmpty ? new CancellationTokenSource() : CancellationTokenSource.CreateLinkedTokenSource(tokens);
        if (host.IsCanceled)
            _source.Cancel();
        _watch = new Timer(_ => Look(host), null, Interval, Interval);
    }

    /// <summary>The host whose work is stopped.</summary>
    public SequenceHost Host { get; }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        // Does not wait for a running poll: the poll may be what runs the code that disposes.
        _watch.Dispose();
        _source.Dispose();
    }

    private void Look(SequenceHost host)
    {
        if (!host.IsCanceled)
            return;

        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The work ended between the two lines: there is nothing left to cancel.
        }
    }
}
