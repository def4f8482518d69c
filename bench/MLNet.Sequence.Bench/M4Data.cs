using System.Globalization;
using Microsoft.ML;

namespace MLNet.Sequence.Bench;

/// <summary>A frequency of the M4 competition: its series, and its measures, sMAPE, MASE, and OWA over Naive2.</summary>
internal sealed record M4Data(string Name, int Season, int Horizon)
{
    public static M4Data Hourly { get; } = new("Hourly", 24, 48);

    /// <summary>The organisers give weeks no season.</summary>
    public static M4Data Weekly { get; } = new("Weekly", 1, 13);

    public string TrainingPath => DataFiles.Shared("m4", $"{Name}-train.csv.gz");

    public Dictionary<string, double[]> Training() => Read(TrainingPath);

    public Dictionary<string, double[]> Test() => Read(DataFiles.Shared("m4", $"{Name}-test.csv.gz"));

    /// <summary>Forecasts of each series by a method of its own.</summary>
    public Dictionary<string, double[]> Forecast(LocalModel model, Dictionary<string, double[]> histories) =>
        histories.ToDictionary(one => one.Key, one => model.Forecast(one.Value, Horizon));

    /// <summary>The measures of forecasts after histories; OWA is over Naive2 after the same histories.</summary>
    public M4Score Score(Dictionary<string, double[]> forecasts, Dictionary<string, double[]> histories, Dictionary<string, double[]> actual)
    {
        ForecastingMetrics own = Evaluate(forecasts, histories, actual);
        ForecastingMetrics naive = Evaluate(Forecast(new Naive2 { Season = Season }, histories), histories, actual);
        (double smape, double mase) = (own.SymmetricMeanAbsolutePercentageError, own.MeanAbsoluteScaledError);
        return new M4Score(smape, mase, (smape / naive.SymmetricMeanAbsolutePercentageError + mase / naive.MeanAbsoluteScaledError) / 2);
    }

    /// <summary>The rows of series, one after the other.</summary>
    public static IDataView Rows(MLContext ml, Dictionary<string, double[]> series) =>
        ml.Data.LoadFromEnumerable(series.SelectMany(one => one.Value.Select(value => new Row { Series = one.Key, Value = value })));

    // The origin of each series is its last row.
    private ForecastingMetrics Evaluate(Dictionary<string, double[]> forecasts, Dictionary<string, double[]> histories, Dictionary<string, double[]> actual)
    {
        var evaluator = new ForecastingEvaluator(new() { Targets = ["value"], Horizon = Horizon, Seasonality = Season });
        foreach ((string series, double[] values) in actual)
        {
            double scale = ForecastingEvaluator.SeasonalScale(Floats(histories[series]), Season);
            evaluator.Add(Floats(forecasts[series]), Floats(values), Floats(histories[series]), [scale]);
        }

        ForecastingMetrics metrics = evaluator.Compute();
        return metrics.Count == actual.Count ? metrics
            : throw new InvalidOperationException($"{actual.Count - metrics.Count} of {actual.Count} series have no forecast.");
    }

    private static float[] Floats(double[] values) => Array.ConvertAll(values, value => (float)value);

    private static Dictionary<string, double[]> Read(string path) => DataFiles.ReadGzip(path).Skip(1).ToDictionary(
        fields => fields[0],
        fields => fields.Skip(1).Where(field => field is not ("" or "NA")).Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToArray());

    internal sealed class Row
    {
        public string Series { get; set; } = "";

        public double Value { get; set; }
    }
}

internal sealed record M4Score(double Smape, double Mase, double Owa)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"sMAPE {Smape:F3}, MASE {Mase:F3}, OWA {Owa:F3}");
}
