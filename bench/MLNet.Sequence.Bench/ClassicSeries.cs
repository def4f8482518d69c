using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;

namespace MLNet.Sequence.Bench;

/// <summary>
/// Five classic series by one call with default options: the last two seasons are forecast from the rows before them, and MASE is compared with that of
/// the seasonal naive forecast and of Theta. Settings were chosen on the two seasons before (<c>validation</c>), which the test never changes.
/// </summary>
internal static class ClassicSeries
{
    private static readonly long[] Seeds = [1, 2, 3];

    private static readonly Known[] All =
    [
        new("AirPassengers", "AirPassengers.csv", 1, 12, step => new DateTime(1949, 1, 1).AddMonths(step)),
        new("nottem", "nottem.csv", 1, 12, step => new DateTime(1920, 1, 1).AddMonths(step)),
        new("co2", "co2.csv", 1, 12, step => new DateTime(1959, 1, 1).AddMonths(step)),
        new("ausbeer", "darts_ausbeer.csv", 0, 4, step => new DateTime(1956, 1, 1).AddMonths(3 * step)),
        // Half hours from a Monday: the season of the frequency is a day; a week is the harder measure.
        new("taylor", "darts_taylor.csv", 0, 48, step => new DateTime(2000, 6, 5).AddMinutes(30 * step)),
        new("taylor, weeks", "darts_taylor.csv", 0, 336, step => new DateTime(2000, 6, 5).AddMinutes(30 * step)),
    ];

    /// <summary>Exit code 0: below seasonal naive on each; 1: not.</summary>
    /// <param name="architecture">The architecture, with its default hyper-parameters.</param>
    /// <param name="seasonsBack">Whole seasons that are cut off the end first: 0 for the test, 2 for validation.</param>
    public static int Run(Architecture architecture, int seasonsBack)
    {
        if (All.FirstOrDefault(series => !File.Exists(series.Path)) is { } missing)
        {
            Console.WriteLine($"SKIPPED: {missing.Path} is missing");
            return 0;
        }

        Console.WriteLine($"{architecture.Name}, {(seasonsBack == 0 ? "test" : "validation")}: series, rows, context, MASE, seasonal naive, "
            + "Theta, LightGBM and FastTree over as many lags, seconds of each model");
        bool below = true;
        foreach (Known series in All)
            below &= Row(series, architecture, seasonsBack);
        return below ? 0 : 1;
    }

    private static bool Row(Known series, Architecture architecture, int seasonsBack)
    {
        double[] values = series.Read();
        values = values[..^(seasonsBack * series.Season)];
        int horizon = 2 * series.Season;
        double[] history = values[..^horizon], actual = values[^horizon..];
        double scale = ForecastingEvaluator.SeasonalScale(history, series.Season);
        double Mase(IEnumerable<double> forecast) => forecast.Zip(actual, (one, other) => Math.Abs(one - other)).Average() / scale;
        double seasonal = Mase(Enumerable.Range(0, horizon).Select(step => history[history.Length - series.Season + step % series.Season]));
        double theta = Mase(new Theta { Season = series.Season }.Forecast(history, horizon));
        var watch = Stopwatch.StartNew();
        (double Mase, int Context)[] runs = [.. Seeds.Select(seed =>
        {
            var ml = new MLContext();
            IDataView rows = ml.Data.LoadFromEnumerable(history.Select((value, step) => new Step { Time = series.Time(step), Value = value }));
            using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(architecture, new ForecastingOptions
            {
                Targets = [nameof(Step.Value)],
                TimeColumnName = nameof(Step.Time),
                Horizon = horizon,
                Training = new TrainingOptions { Seed = seed, ShowProgress = false },
            }).Fit(rows);
            return (Mase(model.Forecast(rows).Select(row => row.Forecast)), ((Forecasting)model.Model.Task).Context);
        })];
        double mean = runs.Average(run => run.Mase), seconds = watch.Elapsed.TotalSeconds / Seeds.Length;
        (double Mase, double Seconds) Trees(string trainer)
        {
            watch.Restart();
            double[] forecast = LagTrees.Forecast(trainer, new Dictionary<string, double[]> { [series.Name] = history }, runs[0].Context, horizon)[series.Name];
            return (Mase(forecast), watch.Elapsed.TotalSeconds);
        }

        (double Mase, double Seconds) light = Trees(LagTrees.LightGbm), fast = Trees(LagTrees.FastTree);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{series.Name,-14} {history.Length,5} {runs[0].Context,4}  {mean:F3} "
            + $"({string.Join(", ", runs.Select(run => run.Mase.ToString("F3", CultureInfo.InvariantCulture)))})  {seasonal:F3}  {theta:F3}  "
            + $"{light.Mase:F3}  {fast.Mase:F3}  {seconds:F1}  {light.Seconds:F1}  {fast.Seconds:F1}"));
        return mean < seasonal;
    }

    private sealed class Step
    {
        public DateTime Time { get; set; }

        public double Value { get; set; }
    }

    private sealed record Known(string Name, string File, int Column, int Season, Func<int, DateTime> Time)
    {
        public string Path => DataFiles.Shared("classic", File);

        public double[] Read() => [.. System.IO.File.ReadLines(Path).Skip(1).Where(line => line.Length > 0)
            .Select(line => double.Parse(line.Split(',')[Column].Trim('"'), CultureInfo.InvariantCulture))];
    }
}
