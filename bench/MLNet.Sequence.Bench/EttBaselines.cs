using System.Globalization;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// Naive and seasonal naive on ETTh1, in the protocol of Zhou et al., "Informer", AAAI 2021: 8,640 / 2,880 / 2,880 rows,
/// errors in standard deviations (ddof 0) of the training rows, every window with all its actual values in the test rows.
/// </summary>
internal static class EttBaselines
{
    private const int TrainingRows = 8640;
    private const int TestStart = TrainingRows + 2880;
    private const int TestEnd = TestStart + 2880;
    private const int Season = 24;

    public static int Run()
    {
        string path = Path.Combine(DataFiles.Repository, "src", "Samples", "Data", "ETTh1.csv.gz");
        string[][] table = [.. DataFiles.ReadGzip(path)];
        string[] channels = table[0][1..];
        float[] all = [.. table.Skip(1).SelectMany(row => row.Skip(1)).Select(field => float.Parse(field, CultureInfo.InvariantCulture))];
        float[] oilTemperature = [.. all.Where((_, index) => index % channels.Length == channels.Length - 1)];

        return Figure.Report(
        [
            .. Compare("OT", ["OT"], oilTemperature, [(24, 0.0343, 0.0458), (96, 0.0693, 0.0715)], decimals: 4),
            .. Compare("all channels", channels, all, [(24, 1.222, 0.424), (96, 1.294, 0.512)], decimals: 3),
        ]);
    }

    private static IEnumerable<Figure> Compare(
        string name, string[] targets, float[] values, (int Horizon, double Naive, double Seasonal)[] known, int decimals)
    {
        foreach (var (horizon, naive, seasonal) in known)
        {
            var metrics = Evaluate(targets, values, horizon);
            string row = $"{name}, horizon {horizon} ({metrics.Count} windows),";
            yield return new($"{row} naive std. MSE", metrics.Naive!.StandardizedMeanSquaredError, naive, decimals);
            yield return new($"{row} seasonal naive std. MSE", metrics.SeasonalNaive!.StandardizedMeanSquaredError, seasonal, decimals);
        }
    }

    /// <summary>Only the baselines matter: the actual values are used as the forecast.</summary>
    private static ForecastingMetrics Evaluate(string[] targets, float[] values, int horizon)
    {
        int count = targets.Length;
        double[] scale = new double[count];
        ForecastingEvaluator.SeasonalScale(values.AsSpan(0, TrainingRows * count), Season, scale);
        var evaluator = new ForecastingEvaluator(new()
        {
            Targets = targets,
            Horizon = horizon,
            Seasonality = Season,
            StandardDeviations = [.. Enumerable.Range(0, count).Select(target => Deviation(values, target, count))],
        });
        for (int next = TestStart; next + horizon <= TestEnd; next++)
        {
            var actual = values.AsSpan(next * count, horizon * count);
            evaluator.Add(actual, actual, values.AsSpan(0, next * count), scale);
        }

        return evaluator.Compute();
    }

    private static double Deviation(float[] values, int target, int targets)
    {
        double[] column = [.. Enumerable.Range(0, TrainingRows).Select(row => (double)values[row * targets + target])];
        double mean = column.Average();
        return Math.Sqrt(column.Average(value => (value - mean) * (value - mean)));
    }
}
