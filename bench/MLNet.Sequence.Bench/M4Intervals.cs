using System.Globalization;
using Microsoft.ML;

namespace MLNet.Sequence.Bench;

/// <summary>
/// Conformal intervals of the 48 hours after the end of each series of M4 Hourly, calibrated on the training series alone: their coverage, and the CRPS
/// of forecast and bounds, of a network and of the seasonal naive forecast. CRPS is divided by the seasonal scale of each series, as MASE is.
/// </summary>
internal static class M4Intervals
{
    private const int Horizon = 48, Season = 24, Context = 168;
    private const double Level = 0.9;

    public static int Run()
    {
        Dictionary<string, float[]> training = Read("Hourly-train.csv.gz"), test = Read("Hourly-test.csv.gz");
        Console.WriteLine($"{"",-34} {"coverage",9} {"CRPS/scale",11} {"MASE",7} {"width/scale",12}");
        double network = Print("network, split", new WindowMlp { HiddenSize = 128 }, new ForecastIntervals { ConfidenceLevel = Level }, training, test);
        double naive = Print("seasonal naive, split", new SeasonalNaive { Season = Season }, new ForecastIntervals { ConfidenceLevel = Level }, training, test);
        double adaptive = Print("network, adaptive", new WindowMlp { HiddenSize = 128 },
            new ForecastIntervals { ConfidenceLevel = Level, AdaptationRate = 0.01 }, training, test);
        return network < naive && adaptive < naive ? 0 : 1;
    }

    private static double Print(
        string name, Architecture architecture, ForecastIntervals intervals, Dictionary<string, float[]> training, Dictionary<string, float[]> test)
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(
            training.SelectMany(series => series.Value.Select(value => new Hour { Series = series.Key, Value = value })));
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(architecture, new ForecastingOptions
        {
            Targets = [nameof(Hour.Value)],
            SeriesColumnName = nameof(Hour.Series),
            Context = Context,
            Horizon = Horizon,
            Stride = 12,
            Intervals = intervals,
            Loss = RegressionLoss.Absolute,
            Training = new TrainingOptions { Epochs = 15, BatchSize = 128, LearningRate = 1e-3, Seed = 1, ValidationFraction = 0.15, ShowProgress = false },
        }).Fit(rows);
        var bySeries = model.Forecast(rows).GroupBy(row => row.Series!).ToDictionary(group => group.Key, group => group.ToArray());
        // Of each series: the mean over its steps, in units of its seasonal scale.
        var scores = test.Select(series =>
            Score(bySeries[series.Key], series.Value, ForecastingEvaluator.SeasonalScale(training[series.Key], Season))).ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-34} {100 * scores.Average(one => one.Coverage),7:F2} % ")
            + string.Create(CultureInfo.InvariantCulture, $"{scores.Average(one => one.Crps),11:F4} {scores.Average(one => one.Mase),7:F3} ")
            + string.Create(CultureInfo.InvariantCulture, $"{scores.Average(one => one.Width),12:F3}"));
        return scores.Average(one => one.Crps);
    }

    private static (double Coverage, double Crps, double Mase, double Width) Score(ForecastRow[] forecast, float[] actual, double scale)
    {
        var evaluator = new ForecastingEvaluator(new ForecastingEvaluatorOptions
        {
            Targets = ["value"],
            Horizon = Horizon,
            Levels = [(1 - Level) / 2, 0.5, (1 + Level) / 2],
        });
        evaluator.Add(new EvaluatedWindow
        {
            Forecast = forecast.SelectMany(row => new[] { row.Lower!.Value, row.Forecast, row.Upper!.Value }).ToArray(),
            Actual = Array.ConvertAll(actual, value => (double)value),
            Scale = [scale],
        });
        ForecastingScores all = evaluator.Compute().Overall;
        IntervalScores interval = all.Quantiles!.Intervals[0];
        return (interval.Coverage, all.Quantiles.ContinuousRankedProbabilityScore / scale, all.MeanAbsoluteScaledError, interval.Width / scale);
    }

    private static Dictionary<string, float[]> Read(string file) => DataFiles.ReadGzip(DataFiles.Shared("m4", file)).Skip(1).ToDictionary(
        fields => fields[0],
        fields => fields.Skip(1).Where(field => field is not ("" or "NA")).Select(field => float.Parse(field, CultureInfo.InvariantCulture)).ToArray());

    private sealed class Hour
    {
        public string Series { get; set; } = "";

        public float Value { get; set; }
    }
}
