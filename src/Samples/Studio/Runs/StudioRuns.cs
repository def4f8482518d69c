using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;

namespace MLNet.Sequence.Samples.Studio.Runs;

/// <summary>All runs of a folder: one trains at a time, the others wait; each is kept in its own folder. Thread-safe.</summary>
internal sealed class StudioRuns : IDisposable
{
    private readonly StudioFolder _folder;
    private readonly ConcurrentDictionary<string, StudioRun> _runs = new(StringComparer.Ordinal);
    private readonly Channel<(StudioRun Run, StudioJob Job)> _queue = Channel.CreateUnbounded<(StudioRun, StudioJob)>();
    private readonly CancellationTokenSource _end = new();
    private readonly Thread _worker;
    private readonly FileStream _own;
    private int _count;

    /// <exception cref="UserError">Another studio works in the folder.</exception>
    public StudioRuns(StudioFolder folder)
    {
        (_folder, _own) = (folder, folder.Claim());
        foreach (string known in Directory.EnumerateDirectories(folder.Runs))
        {
            if (StudioRun.Kept(known) is { } run)
                _runs[run.Info.Id] = run;
        }

        _worker = new Thread(Work) { IsBackground = true, Name = "studio runs" };
        _worker.Start();
    }

    /// <summary>All runs, the newest first.</summary>
    public IEnumerable<RunInfo> All => _runs.Values.Select(run => run.Info).OrderByDescending(info => info.Id, StringComparer.Ordinal);

    public StudioRun Find(string id) => _runs.TryGetValue(id, out StudioRun? run) ? run
        : throw new UserError("There is no such run. It may have been deleted.");

    /// <exception cref="UserError">The question does not fit the file.</exception>
    public RunInfo Start(Question question)
    {
        var job = StudioJob.Of(_folder, question);
        DateTime now = DateTime.UtcNow;
        string id = string.Create(CultureInfo.InvariantCulture, $"{now:yyyyMMdd-HHmmss}-{Interlocked.Increment(ref _count):000}");
        var run = StudioRun.New(Path.Combine(_folder.Runs, id), new RunInfo(id, question)
        {
            Name = string.IsNullOrWhiteSpace(question.Name) ? question.File : question.Name.Trim(),
            Created = now,
        });
        _runs[id] = run;
        _queue.Writer.TryWrite((run, job));
        return run.Info;
    }

    /// <summary>Goes on with a run that was cancelled, interrupted or failed; trainings that ended are not repeated.</summary>
    public RunInfo Resume(string id)
    {
        StudioRun run = Find(id);
        var job = StudioJob.Of(_folder, run.Info.Question);
        run.Wait();
        _queue.Writer.TryWrite((run, job));
        return run.Info;
    }

    public void Delete(string id)
    {
        Find(id).Delete();
        _runs.TryRemove(id, out _);
    }

    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _end.Cancel();
        // A training ends within a batch.
        _worker.Join();
        _end.Dispose();
        _own.Dispose();
    }

    private void Work()
    {
        try
        {
            while (_queue.Reader.WaitToReadAsync(_end.Token).AsTask().GetAwaiter().GetResult())
            {
                while (!_end.IsCancellationRequested && _queue.Reader.TryRead(out (StudioRun Run, StudioJob Job) next))
                    next.Run.Work(next.Job, _end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The studio ends.
        }
    }
}
