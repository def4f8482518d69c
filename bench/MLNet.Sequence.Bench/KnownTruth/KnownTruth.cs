using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;

namespace MLNet.Sequence.Bench.KnownTruth;

/// <summary>
/// Checks the statements of comparisons about processes whose truth is known. Each process has three seeds. The statements are judged, and
/// the loss of the best possible forecast is shown next to ours. A row that has run is kept in bench/results/known-truth.txt, and not run
/// again.
/// </summary>
internal static class KnownTruth
{
    private static readonly string Results = Path.Combine(DataFiles.Repository, "bench", "results", "known-truth.txt");

    /// <param name="args">"ROW", "ROW SEED", or nothing: all rows that have not run, seed by seed.</param>
    public static int Run(IReadOnlyList<string> args)
    {
        KnownRow[] rows = [.. KnownRows.All.Where(row => args.Count == 0 || row.Name == args[0])];
        if (rows.Length == 0)
        {
            Console.Error.WriteLine($"There is no row '{args[0]}'. There are: {string.Join(", ", KnownRows.All.Select(row => row.Name))}.");
            return 2;
        }

        int[] seeds = args.Count > 1 ? [int.Parse(args[1], CultureInfo.InvariantCulture)] : [1, 2, 3];
        bool right = true;
        foreach ((KnownRow row, int seed) in seeds.SelectMany(seed => rows.Select(row => (row, seed))))
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
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        (RecurrenceReport report, double best) = row.Compare(new MLContext(seed), seed);
        Statement[] said = [.. row.Judge(report, best)];
        bool holds = said.All(one => one.Holds);
        Console.WriteLine(report);
        string words = string.Join("; ", said.Select(one => one.Holds ? one.What : $"WRONG: {one.What}"));
        double processor = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        (string name, double error) = report.Models.Select(model => (model.Name, model.Error))
            .Concat(report.References.Select(one => (one.Name, one.Error)))
            .Concat(report.CarriesState is { } carried ? [($"{carried.Architecture} with its state carried", carried.Error)] : [])
            .Concat(report.DataMemory?.Ladder.Select(rung => (rung.Model, rung.Error)) ?? [])
            .MinBy(one => one.Error);
        string losses = FormattableString.Invariant($"optimum {best:F4}, {name} {error:F4}");
        string took = FormattableString.Invariant($"{watch.Elapsed.TotalSeconds:F0} s, of a processor {processor:F0} s");
        return ($"{(holds ? "right" : "WRONG")}; {losses}; {words}; {took}", holds);
    }
}
