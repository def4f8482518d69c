using MLNet.Sequence.Stability;

namespace MLNet.Sequence.Bench.KnownTruth;

/// <summary>A statement that a comparison makes, and whether it is true of the process.</summary>
internal sealed record Said(string What, bool Holds);

/// <summary>What a report says, and whether that is true of a process whose best error is so large.</summary>
internal delegate IEnumerable<Said> Judge(RecurrenceReport report, double best);

/// <summary>A process whose truth is known, and what a comparison must say of it.</summary>
/// <param name="Name">As the command takes it.</param>
/// <param name="Truth">In words.</param>
/// <param name="Make">Makes rows.</param>
/// <param name="Judge">What was said.</param>
internal sealed record KnownRow(string Name, string Truth, Func<RandomStream, int, KnownTable> Make, Judge Judge)
{
    public int Rows { get; init; } = 8_000;

    public int Season { get; init; } = 1;
}

/// <summary>All rows.</summary>
internal static class KnownRows
{
    public static KnownRow[] All =>
    [
        Series("noise", "nothing: the mean", (random, rows) => Processes.Noise(random, rows, 0), Recommends("mean"), Remembers(0, 0)),
        Series("level", "a constant and noise: the mean", (random, rows) => Processes.Noise(random, rows, 100), Recommends("mean"), Remembers(0, 0)),
        Series("walk", "the last value", (random, rows) => Processes.Walk(random, rows, 0), Recommends("naive"), Remembers(1, 1)),
        Series("drift", "the last value and the drift", (random, rows) => Processes.Walk(random, rows, 0.5), Recommends("drift"), Remembers(1, 1)),
        Series("ar1", "1 step", (random, rows) => Processes.Autoregression(random, rows, (1, 0.7)), Remembers(1, 2), LeastSquares()),
        Series("ar2", "2 steps", (random, rows) => Processes.Autoregression(random, rows, (1, 0.5), (2, 0.3)), Remembers(2, 4), LeastSquares()),
        Series("ar3", "3 steps", (random, rows) => Processes.Autoregression(random, rows, (1, 0.4), (2, -0.3), (3, 0.4)), Remembers(3, 4), LeastSquares()),
        Series("seasonal-ar", "24 steps", (random, rows) => Processes.Autoregression(random, rows, (24, 0.8)), Remembers(24, 32), LeastSquares()) with
        {
            Season = 24,
        },
        Series("ma1", "all, fading as .9^k", (random, rows) => Processes.AutoregressionOfAverages(random, rows, 0, 0.9), Remembers(4, 64), NearBest(0.02)),
        Series("arma", "all, fading as .5^k", (random, rows) => Processes.AutoregressionOfAverages(random, rows, 0.9, -0.5), Remembers(2, 16), NearBest(0.02)),
        Series("local-level", "all, fading", (random, rows) => Processes.LocalLevel(random, rows, 0.3), Remembers(4, 32), NearBest(0.02)),
        Series("logistic", "1 step, not linear", (random, rows) => Processes.Logistic(random, rows, 0), Remembers(1, 1), NotLinear()),
        Series("logistic-noisy", "1 step, not linear", (random, rows) => Processes.Logistic(random, rows, 0.02), Remembers(1, 1), NotLinear()),
        new("shown-20", "20 steps", (random, rows) => Switches.Shown(random, rows, 20), Together(Remembers(20, 32), NotNeeded())),
        new("shown-300", "more than 64 steps", (random, rows) => Switches.Shown(random, rows, 300), Together(MoreThanTried(), Needed())) { Rows = 40_000 },
        new("latch", "unbounded", Switches.Latch, Together(MoreThanTried(), Needed())) { Rows = 30_000 },
    ];

    private static KnownRow Series(string name, string truth, Func<RandomStream, int, KnownPath> make, params Judge[] judges) =>
        new(name, truth, (random, rows) => new KnownTable(make(random, rows)), Together([.. judges, NotNeeded()]));

    private static Judge Together(params Judge[] judges) =>
        (report, best) => judges.SelectMany(judge => judge(report, best));

    private static Judge One(Func<RecurrenceReport, double, Said> judge) => (report, best) => [judge(report, best)];

    private static Judge Recommends(string reference) =>
        One((report, _) => new Said($"use {report.Recommendation.Architecture}", report.Recommendation.Architecture == reference));

    private static Judge Remembers(int low, int high) =>
        One((report, _) => new Said($"memory {report.DataMemory}", report.DataMemory is { AtLeast: false, Steps: var steps } && steps >= low && steps <= high));

    private static Judge MoreThanTried() =>
        One((report, _) => new Said($"memory {report.DataMemory}", report.DataMemory!.AtLeast));

    private static Judge NotNeeded() =>
        One((report, _) => new Said($"recurrence {(report.Recommendation.NeedsRecurrence ? "" : "not ")}needed", !report.Recommendation.NeedsRecurrence));

    private static Judge Needed() =>
        One((report, _) => new Said($"recurrence {(report.Recommendation.NeedsRecurrence ? "" : "not ")}needed", report.Recommendation.NeedsRecurrence));

    private static Judge LeastSquares() =>
        One((report, best) => Near(report, best, 0.01));

    private static Judge NearBest(double part) => One((report, best) => Near(report, best, part));

    private static Said Near(RecurrenceReport report, double best, double part)
    {
        double least = report.DataMemory!.Ladder.Min(rung => rung.Error);
        return new Said(FormattableString.Invariant($"{least:F4}, {100 * (least / best - 1):F1} % above the optimum"), least <= (1 + part) * best);
    }

    private static Judge NotLinear() => One((report, _) => new Said(
        $"use {report.Recommendation.Architecture}", report.RecommendedReference is null && report.Recommendation.Architecture != "linear"));
}
