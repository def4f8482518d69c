using System.Diagnostics;
using Microsoft.ML;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Estimators;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Stability;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Bench.KnownTruth;

/// <summary>
/// Does a comparison tell the truth where it is known? Each process with three seeds; what it says is judged, and the loss of the best
/// forecast that is possible stands beside ours. A row that has run is kept in bench/results/known-truth.txt, and not run again.
/// </summary>
internal static class KnownTruth
{
    private const int Context = 64;

    private static readonly string Results = Path.Combine(DataFiles.Repository, "bench", "results", "known-truth.txt");

    /// <param name="args">"ROW", "ROW SEED", or nothing: all rows that have not run.</param>
    public static int Run(IReadOnlyList<string> args)
    {
        KnownRow[] rows = [.. KnownRows.All.Where(row => args.Count == 0 || row.Name == args[0])];
        if (rows.Length == 0)
        {
            Console.Error.WriteLine($"There is no row '{args[0]}'. There are: {string.Join(", ", KnownRows.All.Select(row => row.Name))}.");
            return 2;
        }

        int[] seeds = args.Count > 1 ? [int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture)] : [1, 2, 3];
        bool right = true;
        foreach ((KnownRow row, int seed) in rows.SelectMany(row => seeds.Select(seed => (row, seed))))
        {
            string key = FormattableString.Invariant($"{row.Name} seed {seed}:");
            if (args.Count == 0 && File.Exists(Results) && File.ReadLines(Results).Any(line => line.StartsWith(key, StringComparison.Ordinal)))
                continue;
            (string line, bool holds) = Try(row, seed);
            right &= holds;
            Console.WriteLine($"{key} {line}");
            File.AppendAllText(Results, $"{key} {line}\n");
        }

        return right ? 0 : 1;
    }

    private static (string Line, bool Holds) Try(KnownRow row, int seed)
    {
        var watch = Stopwatch.StartNew();
        var ml = new MLContext(seed);
        KnownTable table = row.Make(new RandomStream(seed, row.Name.Length), row.Rows);
        int validation = row.Rows * 6 / 10, test = row.Rows * 8 / 10;
        RecurrenceReport report = ml.Sequence.Compare(
            table.View(ml, 0, validation),
            table.View(ml, test - Context, row.Rows),
            new ForecastingOptions
            {
                Targets = ["Y"],
                Inputs = table.Inputs.Length > 0 ? ["X"] : [],
                TimeColumn = "Time",
                Context = Context,
                Horizon = 1,
                Normalization = WindowNormalization.None,
                ValidationSet = table.View(ml, validation - Context, test),
                Training = new TrainingOptions
                {
                    Epochs = 30,
                    Patience = 4,
                    LearningRate = 3e-3f,
                    BatchSize = 64,
                    Seed = seed,
                    Threads = 1,
                    ValidationFraction = 0,
                },
            },
            [new Linear(), new Tcn { Channels = 16, Levels = 5 }, new Lstm { HiddenSize = 16 }],
            new CompareOptions { Rounds = 1, Seasonality = row.Season, MemoryHorizon = new() { Examples = 64 } });
        double best = table.Path.BestError(test, validation);
        Said[] said = [.. row.Judge(report, best)];
        bool holds = said.All(one => one.Holds);
        Console.WriteLine(report);
        string words = string.Join("; ", said.Select(one => one.Holds ? one.What : $"WRONG: {one.What}"));
        return (FormattableString.Invariant($"{(holds ? "right" : "WRONG")}; optimum {best:F4}; {words}; {watch.Elapsed.TotalSeconds:F0} s"), holds);
    }
}
