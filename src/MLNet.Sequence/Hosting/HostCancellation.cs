namespace MLNet.Sequence.Hosting;

/// <summary>
/// One token for the two ways to stop: the user's tokens and <c>MLContext.CancelExecution</c>,
/// which only sets a flag and must be looked at.
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

    /// <summary>The place that is stopped.</summary>
    public SequenceHost Host { get; }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        // Does not wait for a look that is under way: it may be what runs the code that disposes.
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
            // The work ended between the two lines: nobody is left to be told.
        }
    }
}
