using System.Globalization;
using System.IO.Compression;

namespace MLNet.Sequence.Tests.Metrics;

/// <summary>
/// Naive and seasonal naive on ETTh1's usual split (12, 4 and 4 months of 30 days) against figures that were measured
/// without this library.
/// </summary>
[TestClass]
public sealed class EttBaselineTests
{
    private const int TrainingRows = 8640;
    private const int TestStart = TrainingRows + 2880;
    private const int TestEnd = TestStart + 2880;
    private static readonly Lazy<(string[] Names, float[][] Rows)> Ett = new(Read);

    [TestMethod]
    [DataRow("OT", 24, 0.0343, 0.0458)]
    [DataRow("OT", 96, 0.0693, 0.0715)]
    [DataRow("all", 24, 1.222, 0.424)]
    [DataRow("all", 96, 1.294, 0.512)]
    public void Naive_and_seasonal_naive_give_the_known_standardised_errors(string targets, int horizon, double naive, double seasonalNaive)
    {
        var metrics = Evaluate(targets, horizon);
        double rounding = targets == "OT" ? 0.00005 : 0.0005;

        Assert.AreEqual(2880 - horizon + 1, metrics.Count);
        Assert.AreEqual(naive, metrics.Naive!.StandardizedMeanSquaredError, rounding);
        Assert.AreEqual(seasonalNaive, metrics.SeasonalNaive!.StandardizedMeanSquaredError, rounding);
    }

    /// <summary>The model under evaluation here is a perfect one; only the baselines matter.</summary>
    private static ForecastingMetrics Evaluate(string targets, int horizon)
    {
        var (names, rows) = Ett.Value;
        int[] columns = targets == "all" ? [.. Enumerable.Range(0, names.Length)] : [Array.IndexOf(names, targets)];
        int count = columns.Length;
        float[] values = [.. rows.SelectMany(row => columns.Select(column => row[column]))];
        double[] scale = new double[count];
        ForecastingEvaluator.SeasonalScale(values.AsSpan(0, TrainingRows * count), 24, scale);
        var evaluator = new ForecastingEvaluator(new()
        {
            Targets = [.. columns.Select(column => names[column])],
            Horizon = horizon,
            Seasonality = 24,
            StandardDeviations = [.. columns.Select(column => Deviation([.. rows.Take(TrainingRows).Select(row => row[column])]))],
        });

        for (int next = TestStart; next + horizon <= TestEnd; next++)
        {
            var actual = values.AsSpan(next * count, horizon * count);
            evaluator.Add(actual, actual, values.AsSpan(0, next * count), scale);
        }

        var metrics = evaluator.Compute();
        Assert.AreEqual(0, metrics.MeanSquaredError);
        return metrics;
    }

    private static double Deviation(float[] values)
    {
        double mean = values.Average(value => (double)value);
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }

    private static (string[] Names, float[][] Rows) Read()
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Data", "ETTh1.csv.gz"));
        using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        string[] names = reader.ReadLine()!.Split(',')[1..];
        var rows = new List<float[]>();
        while (reader.ReadLine() is { Length: > 0 } line)
            rows.Add([.. line.Split(',').Skip(1).Select(field => float.Parse(field, CultureInfo.InvariantCulture))]);
        return (names, [.. rows]);
    }
}
