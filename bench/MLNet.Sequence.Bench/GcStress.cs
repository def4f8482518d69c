using System.Diagnostics;
using System.Globalization;
using MLNet.Sequence.Tests.Torch;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// Fits and scoring by libtorch while other threads allocate and one collects and waits for finalisers. None may fail, and every loss and
/// score must be the same to the last bit as without them.
/// </summary>
internal sealed class GcStress
{
    private readonly StressCase[] _cases = StressCase.All();
    private readonly Lock _gate = new();
    private readonly List<string> _failures = [];
    private int _fits, _scorings;
    private volatile bool _stop;

    public static int Run(IReadOnlyList<string> args)
    {
        double minutes = 20;
        if (args is ["--minutes", var text])
            minutes = double.Parse(text, CultureInfo.InvariantCulture);
        else if (args.Count > 0)
            throw new ArgumentException($"gc-stress accepts only --minutes N; found {string.Join(' ', args)}.");
        string[] unheld = UnheldNumbers.Offences(typeof(GcStress).Assembly);
        foreach (string offence in unheld)
            Console.WriteLine($"  numbers must be passed to libtorch through HeldNumbers: {offence}");
        return unheld.Length > 0 ? 1 : new GcStress().Run(TimeSpan.FromMinutes(minutes));
    }

    private int Run(TimeSpan time)
    {
        var models = new List<(StressCase Case, SequenceTransformer Model)>();
        foreach (StressCase one in _cases)
            models.Add((one, one.Learn()));
        string collector = AppContext.TryGetSwitch("System.GC.Concurrent", out bool concurrent) && !concurrent ? "not concurrent" : "concurrent";
        Console.WriteLine(FormattableString.Invariant(
            $"gc-stress: {_cases.Length} trainings and their scoring for {time.TotalMinutes:0.##} minutes; collection is {collector}"));
        Action[] beside =
        [
            () => GarbageThreads.Json(Stopped), () => GarbageThreads.Arrays(Stopped), () => GarbageThreads.Collect(Stopped), () => Score(models),
        ];
        Thread[] others = [.. beside.Select(Start)];
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < time;)
        {
            StressCase one = _cases[_fits++ % _cases.Length];
            Try($"fit of {one.Name}", one.Refit);
        }

        _stop = true;
        foreach (Thread other in others)
            other.Join();
        foreach ((_, SequenceTransformer model) in models)
            model.Dispose();
        return Report();
    }

    private bool Stopped() => _stop;

    private void Score(List<(StressCase Case, SequenceTransformer Model)> models)
    {
        while (!_stop)
        {
            (StressCase one, SequenceTransformer model) = models[_scorings++ % models.Count];
            Try($"scoring of {one.Name}", () => one.Rescore(model));
        }
    }

    // Failures are reported at once, because the process may end before the report.
    private void Try(string what, Func<string?> run)
    {
        string? problem;
        try
        {
            problem = run();
        }
        catch (Exception thrown)
        {
            problem = $"{thrown.GetType().Name}: {thrown.Message.Split('\n')[0]}";
        }

        if (problem is null)
            return;
        lock (_gate)
            _failures.Add($"{what}: {problem}");
        Console.WriteLine($"  {what}: {problem}");
    }

    private int Report()
    {
        int fits = _failures.Count(failure => failure.StartsWith("fit", StringComparison.Ordinal));
        Console.WriteLine($"  fits: {fits} of {_fits} failed; scorings: {_failures.Count - fits} of {_scorings} failed (aim: none); "
            + $"collections: {GC.CollectionCount(0)}, {GC.CollectionCount(1)}, {GC.CollectionCount(2)} by generation");
        bool all = _fits >= _cases.Length && _scorings >= _cases.Length;
        if (!all)
            Console.WriteLine("  the time was too short to run each training and scoring once");
        return all && _failures.Count == 0 ? 0 : 1;
    }

    private static Thread Start(Action run)
    {
        var thread = new Thread(run.Invoke) { IsBackground = true };
        thread.Start();
        return thread;
    }
}
