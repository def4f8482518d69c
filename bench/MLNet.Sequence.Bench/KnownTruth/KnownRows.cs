using MLNet.Sequence.Training;

namespace MLNet.Sequence.Bench.KnownTruth;

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
        Series(
            "ar2", "2 steps", (random, rows) => Processes.Autoregression(random, rows, (1, 0.5), (2, 0.3)), Remembers(2, 4), LeastSquares(), NetworksKeepUp()),
        Series("ar3", "3 steps", (random, rows) => Processes.Autoregression(random, rows, (1, 0.4), (2, -0.3), (3, 0.4)), Remembers(3, 4), LeastSquares()),
        Series("seasonal-ar", "24 steps", (random, rows) => Processes.Autoregression(random, rows, (24, 0.8)), (16_000, 24), Remembers(24, 32), LeastSquares()),
        Series("ma1", "all, fading as .9^k", (random, rows) => Processes.AutoregressionOfAverages(random, rows, 0, 0.9), Remembers(4, 64), NearBest(0.02)),
        Series("arma", "all, fading as .5^k", (random, rows) => Processes.AutoregressionOfAverages(random, rows, 0.9, -0.5), Remembers(2, 16), NearBest(0.02)),
        Series("local-level", "all, fading", (random, rows) => Processes.LocalLevel(random, rows, 0.3), Remembers(4, 32), NearBest(0.02)),
        Series("logistic", "1 step, not linear", (random, rows) => Processes.Logistic(random, rows, 0), Remembers(1, 1), NotLinear()),
        Series("logistic-noisy", "1 step, not linear", (random, rows) => Processes.Logistic(random, rows, 0.02), Remembers(1, 1), NotLinear()),
        Switch("shown-20", "20 steps", (random, rows) => Switches.Shown(random, rows, 20), 16_000, Remembers(20, 32), NotNeeded()),
        Switch("shown-300", "more than 64 steps", (random, rows) => Switches.ShownOrSooner(random, rows, 300), 64_000, MoreThanTried(), Needed()),
        Switch("latch", "unbounded", Switches.Latch, 40_000, MoreThanTried(), Needed()),
        new("parity", "unbounded; a state that is turned", Parity.Compare, Together(Needed(), Recommends("lstm"), LinearRecurrenceFails())),
        new("hidden-markov", "fading; 3 symbols to within 2 %", KnownText.Compare, Together(ExactLosses(), EnumeratedMemory())),
        new("adding", "all 50 steps", Far.Adding, Together(Recommends("tcn"), UsesAll(), MustForget())),
        new("copy", "all 60 steps", Far.Copying, Together(Recommends("tcn"), UsesAll(), MustForget())),
    ];

    private static KnownRow Series(string name, string truth, Func<RandomStream, int, KnownPath> make, params Judge[] judges) =>
        Series(name, truth, make, (8_000, 1), judges);

    private static KnownRow Series(string name, string truth, Func<RandomStream, int, KnownPath> make, (int Rows, int Season) size, params Judge[] judges)
    {
        var series = new KnownSeries((random, rows) => new KnownTable(make(random, rows))) { Rows = size.Rows, Season = size.Season };
        return new KnownRow(name, truth, series.Compare, Together([.. judges, NotNeeded()]));
    }

    private static KnownRow Switch(string name, string truth, Func<RandomStream, int, KnownTable> make, int rows, params Judge[] judges) =>
        new(name, truth, new KnownSeries(make) { Rows = rows }.Compare, Together(judges));

    private static Judge Together(params Judge[] judges) =>
        (report, best) => judges.SelectMany(judge => judge(report, best));

    private static Judge One(Func<RecurrenceReport, double, Statement> judge) => (report, best) => [judge(report, best)];

    private static Judge Recommends(string name) =>
        One((report, _) => new Statement($"use {report.Recommendation.Architecture}", report.Recommendation.Architecture == name));

    private static Judge Remembers(int low, int high) =>
        One((report, _) => new Statement(
            $"memory {report.DataMemory}", report.DataMemory is { AtLeast: false, Steps: var steps } && steps >= low && steps <= high));

    private static Judge MoreThanTried() =>
        One((report, _) => new Statement($"memory {report.DataMemory}", report.DataMemory!.AtLeast));

    private static Judge NotNeeded() =>
        One((report, _) => new Statement($"recurrence {(report.Recommendation.NeedsRecurrence ? "" : "not ")}needed", !report.Recommendation.NeedsRecurrence));

    private static Judge Needed() =>
        One((report, _) => new Statement($"recurrence {(report.Recommendation.NeedsRecurrence ? "" : "not ")}needed", report.Recommendation.NeedsRecurrence));

    private static Judge LeastSquares() =>
        One((report, best) => Near(report, best, 0.01));

    private static Judge NearBest(double part) => One((report, best) => Near(report, best, part));

    private static Statement Near(RecurrenceReport report, double best, double part)
    {
        double least = report.DataMemory!.Ladder.Min(rung => rung.Error);
        return new Statement(FormattableString.Invariant($"{least:F4}, {100 * (least / best - 1):F1} % above the optimum"), least <= (1 + part) * best);
    }

    private static Judge NotLinear() => One((report, _) => new Statement(
        $"use {report.Recommendation.Architecture}", report.RecommendedReference is null && report.Recommendation.Architecture != "linear"));

    // The best network compared with the best model solved in closed form.
    private static Judge NetworksKeepUp() => One((report, _) =>
    {
        double network = report.Models.Where(model => model.Model.Architecture is not Reference).Min(model => model.Error);
        double solved = report.References.Min(one => one.Error);
        return new Statement(
            FormattableString.Invariant($"the best network {100 * (network / solved - 1):F1} % above least squares"), network <= 1.02 * solved);
    });

    private static Judge LinearRecurrenceFails() => One((report, _) =>
    {
        double lru = report.Models.Single(model => model.Name == "lru").Error, lstm = report.Models.Single(model => model.Name == "lstm").Error;
        return new Statement(FormattableString.Invariant($"lstm {lstm:F3}, lru {lru:F3}"), lstm < 0.05 && lru > 0.3);
    });

    // h_k for n-grams that see k symbols; for the network the loss given the process.
    private static Judge ExactLosses() => (report, best) =>
    {
        double[] exact = KnownText.Process.Ladder(4);
        IEnumerable<Statement> counted = report.References.Where(one => one.Memory < exact.Length)
            .Select(one => Loss(one.Name, one.Error, exact[one.Memory!.Value]));
        return counted.Append(Loss("lstm", report.Models.Single(model => model.Name == "lstm").Error, best));
        static Statement Loss(string name, double found, double exact) =>
            new(FormattableString.Invariant($"{name} {found:F3} of {exact:F3}"), Math.Abs(found - exact) <= 0.02);
    };

    private static Judge EnumeratedMemory() => One((report, _) =>
    {
        double[] exact = KnownText.Process.Ladder(8);
        int truth = Array.FindIndex(exact, loss => loss <= 1.02 * exact[^1]);
        int found = report.DataMemory!.Steps;
        return new Statement($"memory {found} of {truth}", found == truth);
    });

    private static Judge UsesAll() => One((report, _) =>
    {
        MemoryReport horizon = report.Recommended!.Memory!;
        return new Statement($"uses {horizon.Steps} of {horizon.LongestExample} steps", horizon.Steps >= 0.9 * horizon.LongestExample);
    });

    private static Judge MustForget() => One((report, _) => new Statement(report.MemoryShortfall is { } found
        ? $"stable-rnn must forget what lies more than {found.StepsKept} steps back"
        : "nothing of forgetting", report.MemoryShortfall is not null));
}
