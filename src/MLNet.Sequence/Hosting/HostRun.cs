namespace MLNet.Sequence.Hosting;

/// <summary>One phase of a component's work, such as "Training": its log, and the token that stops it.</summary>
internal sealed class HostRun : IDisposable
{
    /// <param name="host">The component's connection to its <see cref="Microsoft.ML.MLContext"/>.</param>
    /// <param name="phase">The name of the phase in the log.</param>
    /// <param name="tokens">The user's tokens, which stop the work as the context does.</param>
    public HostRun(SequenceHost host, string phase, params ReadOnlySpan<CancellationToken> tokens) =>
        (Host, Cancellation, Channel) = (host, host.LinkCancellation(tokens), host.Start(phase));

    public SequenceHost Host { get; }

    public HostChannel Channel { get; }

    public HostCancellation Cancellation { get; }

    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public void ThrowIfCancelled()
    {
        Cancellation.Token.ThrowIfCancellationRequested();
        // The token polls the context's flag from time to time; a batch may be shorter.
        Host.ThrowIfCanceled();
    }

    public void Dispose()
    {
        Channel.Dispose();
        Cancellation.Dispose();
    }
}
