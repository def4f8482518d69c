using System.Text.Json;

namespace MLNet.Sequence.Samples.Studio.Runs;

/// <summary>A run: its question, its state, and its files. Thread-safe.</summary>
internal sealed class StudioRun
{
    private readonly Lock _lock = new();
    private readonly string _folder;
    private CancellationTokenSource? _cancel;

    private StudioRun(string folder, RunInfo info, ProgressState? past) =>
        (_folder, Info, Files, Progress) = (folder, info, new RunFiles(folder), new RunProgress(past));

    public RunInfo Info { get; private set; }

    public RunFiles Files { get; }

    public RunProgress Progress { get; private set; }

    public static StudioRun New(string folder, RunInfo info)
    {
        Directory.CreateDirectory(folder);
        var run = new StudioRun(folder, info, null);
        run.Keep();
        return run;
    }

    /// <summary>A run of an earlier session; null: the folder holds none.</summary>
    public static StudioRun? Kept(string folder)
    {
        var files = new RunFiles(folder);
        try
        {
            RunInfo info = StudioJson.Read<RunInfo>(files.Info);
            if (info.Id != Path.GetFileName(folder) || info.Question is null)
                return null;
            ProgressState? past = File.Exists(files.Progress) ? StudioJson.Read<ProgressState>(files.Progress) : null;
            if (past is { Trainings: null })
                return null;
            bool ran = info.Status is RunStatus.Running or RunStatus.Waiting;
            var run = new StudioRun(folder, ran ? info with { Status = RunStatus.Interrupted } : info, past);
            run.Progress.End(past?.Stage ?? "", info.Status == RunStatus.Done);
            return run;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Waits for its turn, again.</summary>
    public void Wait()
    {
        lock (_lock)
        {
            if (Info.Status is RunStatus.Running or RunStatus.Waiting)
                throw new UserError("The run is already going on.");
            if (Info.Status == RunStatus.Done)
                throw new UserError("The run is done. Start a new one to train again.");
            // Written first: a run whose state cannot be written does not wait for ever.
            RunInfo waiting = Info with { Status = RunStatus.Waiting, Problem = null };
            StudioJson.Save(Files.Info, waiting);
            (Info, Progress) = (waiting, new RunProgress(Progress.State));
        }
    }

    public void Cancel()
    {
        lock (_lock)
        {
            if (Info.Status == RunStatus.Waiting)
                Finish(RunStatus.Cancelled, null);
            else
                _cancel?.Cancel();
        }
    }

    /// <summary>Does the work on the calling thread, unless it was cancelled while it waited.</summary>
    public void Work(StudioJob job, CancellationToken studio)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(studio);
        lock (_lock)
        {
            if (Info.Status != RunStatus.Waiting)
                return;
            (_cancel, Info) = (cancel, Info with { Status = RunStatus.Running });
        }

        try
        {
            Keep();
            Take(job.Run(_folder, Progress, cancel.Token));
            Finish(RunStatus.Done, null);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            Finish(studio.IsCancellationRequested ? RunStatus.Interrupted : RunStatus.Cancelled, null);
        }
#pragma warning disable CA1031 // Whatever fails is told on the page of the run; the studio goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Finish(RunStatus.Failed, Cli.Mistake(exception) is { } message ? StudioWords.Of(message) : exception.ToString());
        }
        finally
        {
            lock (_lock)
                _cancel = null;
        }
    }

    public void Delete()
    {
        lock (_lock)
        {
            if (Info.Status is RunStatus.Running or RunStatus.Waiting)
                throw new UserError("The run is still going on. Cancel it first.");
            Directory.Delete(_folder, recursive: true);
        }
    }

    private void Take(RunOutcome found)
    {
        lock (_lock)
        {
            Info = Info with
            {
                Recommended = found.Recommended,
                Answer = found.Answer,
                Metric = found.Metric,
                Error = found.Error,
                WithoutModel = found.WithoutModel,
                WithoutModelName = found.WithoutModelName,
            };
        }
    }

    private void Finish(RunStatus status, string? problem)
    {
        lock (_lock)
        {
            Info = Info with { Status = status, Problem = problem, Seconds = Progress.State.Seconds };
            try
            {
                StudioJson.Save(Files.Progress, Progress.State);
                Keep();
            }
            catch (Exception unwritten) when (unwritten is IOException or UnauthorizedAccessException)
            {
                // A full disk or a removed folder does not end the studio: the page tells the state from memory.
                Info = Info with { Problem = problem ?? $"The state of the run could not be written: {unwritten.Message}" };
            }
        }

        Progress.End(status == RunStatus.Done ? "Done" : Progress.State.Stage, status == RunStatus.Done);
    }

    private void Keep()
    {
        lock (_lock)
            StudioJson.Save(Files.Info, Info);
    }
}
