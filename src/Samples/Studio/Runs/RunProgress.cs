using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace MLNet.Sequence.Samples.Studio.Runs;

/// <summary>One training of a run, as far as it has come.</summary>
/// <param name="Name">The model; with its seed if there are several.</param>
internal sealed record TrainingCurve(string Name)
{
    public int Epoch { get; init; }

    public int Epochs { get; init; }

    /// <summary>The part of its epochs that is done, from 0 to 1.</summary>
    public double Part { get; init; }

    /// <summary>The training loss at the end of each epoch.</summary>
    public IReadOnlyList<double> Losses { get; init; } = [];

    /// <summary>The validation loss at the end of each epoch.</summary>
    public IReadOnlyList<double> Validation { get; init; } = [];
}

/// <summary>How far a run has come.</summary>
internal sealed record ProgressState
{
    /// <summary>What is done now, in a few words.</summary>
    public string Stage { get; init; } = "";

    /// <summary>The part that is done, from 0 to 1; an estimate.</summary>
    public double Part { get; init; }

    /// <summary>Seconds that it will still take; NaN: not known yet.</summary>
    public double SecondsLeft { get; init; } = double.NaN;

    public double Seconds { get; init; }

    public IReadOnlyList<TrainingCurve> Trainings { get; init; } = [];
}

/// <summary>Collects the progress of a run and tells all who watch. Thread-safe.</summary>
internal sealed class RunProgress
{
    // A session that goes on longer than the plan: never quite done.
    private const double MostPart = 0.97, KnownFrom = 0.04;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly List<TrainingCurve> _trainings = [];
    private readonly List<string> _latest = [];
    private readonly List<Channel<bool>> _watchers = [];
    private readonly Stopwatch _clock = new();
    private double _planned = double.PositiveInfinity, _before, _most, _begun;
    private int _each = 1;
    private string _stage = "";
    private bool _ended, _whole;

    /// <param name="past">The state of a run that was resumed or is over; null: a new one.</param>
    public RunProgress(ProgressState? past = null)
    {
        if (past is null)
            return;
        _trainings.AddRange(past.Trainings);
        (_before, _stage, _most) = (past.Seconds, past.Stage, past.Part);
    }

    public ProgressState State
    {
        get
        {
            lock (_lock)
            {
                // An estimate may fall when a training that seemed to have ended goes on; what is shown does not.
                double part = _most = _whole ? 1 : Math.Max(_most, Math.Min(MostPart, Done() / _planned));
                double seconds = _before + _clock.Elapsed.TotalSeconds;
                return new ProgressState
                {
                    Stage = _stage,
                    Part = part,
                    Seconds = seconds,
                    SecondsLeft = part - _begun >= KnownFrom && part < 1 ? _clock.Elapsed.TotalSeconds * (1 - part) / (part - _begun) : double.NaN,
                    Trainings = [.. _trainings],
                };
            }
        }
    }

    /// <summary>The work of the trainings.</summary>
    /// <param name="epochs">The epochs of all trainings together.</param>
    /// <param name="each">The epochs of one; a training that takes more counts as one of these.</param>
    public void Plan(double epochs, int each)
    {
        lock (_lock)
        {
            (_planned, _each, _most, _ended) = (Math.Max(1, epochs), each, 0, false);
            _begun = Math.Min(MostPart, Done() / _planned);
            _clock.Restart();
        }
    }

    public void Tell(string stage)
    {
        lock (_lock)
            _stage = stage;
        Announce();
    }

    public void Report(CompareProgress progress)
    {
        string name = progress.Round == 1 ? progress.Model : FormattableString.Invariant($"{progress.Model}, seed {progress.Round}");
        TrainingProgress training = progress.Training;
        lock (_lock)
        {
            int index = _trainings.FindIndex(one => one.Name == name);
            TrainingCurve before = index < 0 ? new TrainingCurve(name) : _trainings[index];
            var now = before with
            {
                Epoch = training.Epoch,
                Epochs = training.Epochs,
                Part = Math.Min(1, (training.Epoch - 1 + training.Batch / (double)Math.Max(1, training.Batches)) / Math.Max(1, training.Epochs)),
            };
            if (training.Finished is { } epoch)
            {
                now = now with
                {
                    Losses = Until(before.Losses, epoch.Epoch, epoch.Loss),
                    Validation = Until(before.Validation, epoch.Epoch, epoch.ValidationLoss),
                };
            }

            if (index < 0)
                _trainings.Add(now);
            else
                _trainings[index] = now;
            _latest.Remove(name);
            _latest.Add(name);
        }

        Announce();
    }

    /// <summary>No more progress comes.</summary>
    /// <param name="stage">How far it came, in a few words.</param>
    /// <param name="whole">Whether all is done.</param>
    public void End(string stage, bool whole)
    {
        lock (_lock)
        {
            (_stage, _ended, _whole) = (stage, true, whole);
            _clock.Stop();
            foreach (Channel<bool> watcher in _watchers)
                watcher.Writer.TryComplete();
            _watchers.Clear();
        }
    }

    /// <summary>The state now, and again whenever it changes, a few times a second at most; ends with the run.</summary>
    public async IAsyncEnumerable<ProgressState> Watch([EnumeratorCancellation] CancellationToken cancellation)
    {
        var changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        bool ended;
        lock (_lock)
        {
            ended = _ended;
            if (!ended)
                _watchers.Add(changes);
        }

        try
        {
            // Inside: a page that leaves here is removed too.
            yield return State;
            if (ended)
                yield break;
            await foreach (bool _ in changes.Reader.ReadAllAsync(cancellation))
            {
                yield return State;
                await Task.Delay(Pause, cancellation);
            }
        }
        finally
        {
            lock (_lock)
                _watchers.Remove(changes);
        }

        yield return State;
    }

    // At most a training for each core runs at a time; those that have not reported for longer have ended.
    private double Done() => _trainings.Sum(one =>
        Math.Min(one.Epochs, _each) * (_latest.IndexOf(one.Name) >= _latest.Count - Environment.ProcessorCount ? one.Part : 1));

    private void Announce()
    {
        lock (_lock)
        {
            foreach (Channel<bool> watcher in _watchers)
                watcher.Writer.TryWrite(true);
        }
    }

    // A resumed training reports its epochs again from where it continues; one that continues a trial has no epochs before.
    private static double[] Until(IReadOnlyList<double> before, int epoch, double? value) =>
        [.. Enumerable.Range(0, Math.Max(0, epoch - 1)).Select(i => i < before.Count ? before[i] : double.NaN), value ?? double.NaN];
}
