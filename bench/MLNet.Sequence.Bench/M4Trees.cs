using System.Diagnostics;
using System.Globalization;

namespace MLNet.Sequence.Bench;

/// <summary>M4 Hourly by boosted trees over lags: sMAPE, MASE and OWA over Naive2, by the competition's rules.</summary>
internal static class M4Trees
{
    private const int Horizon = 48, Season = 24, Lags = 168;

    public static int Run()
    {
        Dictionary<string, double[]> training = Read("Hourly-train.csv.gz"), test = Read("Hourly-test.csv.gz");
        (double smape, double mase) = Score("Naive2", training, test, () => training.ToDictionary(
            one => one.Key, one => new Naive2 { Season = Season }.Forecast(one.Value, Horizon)), null);
        foreach (string trainer in new[] { LagTrees.LightGbm, LagTrees.FastTree })
            Score(trainer, training, test, () => LagTrees.Forecast(trainer, training, Lags, Horizon), (smape, mase));
        return 0;
    }

    private static (double Smape, double Mase) Score(string name, Dictionary<string, double[]> training, Dictionary<string, double[]> test,
        Func<Dictionary<string, double[]>> forecast, (double Smape, double Mase)? naive2)
    {
        var watch = Stopwatch.StartNew();
        Dictionary<string, double[]> forecasts = forecast();
        double seconds = watch.Elapsed.TotalSeconds;
        var evaluator = new ForecastingEvaluator(new() { Targets = ["value"], Horizon = Horizon, Seasonality = Season });
        foreach ((string series, double[] actual) in test)
        {
            double scale = ForecastingEvaluator.SeasonalScale(Array.ConvertAll(training[series], value => (float)value), Season);
            evaluator.Add(Floats(forecasts[series]), Floats(actual), Floats(training[series]), [scale]);
        }

        ForecastingMetrics metrics = evaluator.Compute();
        (double smape, double mase) = (metrics.SymmetricMeanAbsolutePercentageError, metrics.MeanAbsoluteScaledError);
        string owa = naive2 is { } two ? string.Create(CultureInfo.InvariantCulture, $", OWA {(smape / two.Smape + mase / two.Mase) / 2:F3}") : "";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"M4 Hourly, {name}: sMAPE {smape:F3}, MASE {mase:F3}{owa}; {seconds:F0} s"));
        return (smape, mase);
    }

    private static float[] Floats(double[] values) => Array.ConvertAll(values, value => (float)value);

    private static Dictionary<string, double[]> Read(string file) => DataFiles.ReadGzip(DataFiles.Shared("m4", file)).Skip(1).ToDictionary(
        fields => fields[0],
        fields => fields.Skip(1).Where(field => field is not ("" or "NA")).Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToArray());
}
