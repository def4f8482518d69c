using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.ML.Runtime;

namespace MLNet.Sequence.Hosting;

/// <summary>
/// The log of one phase of the work. Its lines reach the user through <c>MLContext.Log</c>, one at a time even with several threads.
/// </summary>
internal sealed class HostChannel : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly ConditionalWeakTable<IHostEnvironment, ConcurrentDictionary<string, bool>> Said = [];

    private readonly IHostEnvironment _environment;
    private readonly IChannel _channel;
    private readonly IProgressChannel _progress;

    public HostChannel(IHostEnvironment environment, IHost host, string phase)
    {
        _environment = environment;
        _channel = host.Start(phase);
        _progress = host.StartProgressChannel(phase);
    }

    public void Trace(string line) => Tell(() => _channel.Trace(MessageSensitivity.None, line));

    public void Info(string line) => Tell(() => _channel.Info(MessageSensitivity.None, line));

    public void Warning(string line) => Tell(() => _channel.Warning(MessageSensitivity.None, line));

    /// <summary>Warns about the data, independently of the reader: once in an <c>MLContext</c>.</summary>
    /// <param name="what">The topic of the warning; each topic appears only once.</param>
    /// <param name="line">The warning.</param>
    public void WarnOnce(string what, string line)
    {
        if (Said.GetOrCreateValue(_environment).TryAdd(what, true))
            Warning(line);
    }

    /// <inheritdoc cref="WarnOnce(string, string)"/>
    public void WarnOnce(string line) => WarnOnce(line, line);

    /// <summary>Names the numbers that <see cref="Report"/> reports.</summary>
    /// <param name="metrics">The names of the numbers, such as "Loss".</param>
    /// <param name="unit">The unit of progress, such as "epochs".</param>
    public void SetProgressHeader(string[] metrics, string unit) => Tell(() => _progress.SetHeader(new ProgressHeader(metrics, [unit]), null));

    /// <summary>Reports to ML.NET's progress listeners. <c>MLContext.Log</c> is not one: log a line as well.</summary>
    /// <param name="done">The number of completed units.</param>
    /// <param name="total">The total number of units.</param>
    /// <param name="metrics">The numbers, in the order of the header; null for unknown ones.</param>
    public void Report(double done, double total, params double?[] metrics) => Tell(() => _progress.Checkpoint([.. metrics, done, total]));

    public void Dispose()
    {
        _progress.Dispose();
        _channel.Dispose();
    }

    private static void Tell(Action tell)
    {
        lock (Gate)
            tell();
    }
}
