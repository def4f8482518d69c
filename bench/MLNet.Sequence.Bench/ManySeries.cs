using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Bench;

/// <summary>
/// Many series: a backtest of 414 series from 50 origins each in one pass, compared with scoring the same windows once; and the same with ten times
/// the series, in processes of their own: at most 11 times the time, and memory that grows by no more than the data's.
/// </summary>
internal static class ManySeries
{
    private const int Few = 414, Length = 1_000, Context = 168, Horizon = 48, Origins = 50, Batch = 512;

    public static int Run()
    {
        Dictionary<string, double> few = Start(Few), many = Start(10 * Few);
        double data = 9.0 * Few * Length * sizeof(double) / 1e6;
        Console.WriteLine(FormattableString.Invariant($"many-series: {Length} rows each, context {Context}, horizon {Horizon}, {Origins} origins; a window MLP; ")
            + FormattableString.Invariant($"cores: {Environment.ProcessorCount}"));
        foreach (string part in few.Keys.Where(name => name != "MB"))
        {
            Console.WriteLine(FormattableString.Invariant(
                $"  {part,-34} {few[part],7:F2} s of processor time; ten times the series: {many[part],7:F2} s, {many[part] / few[part]:F1} × (aim: at most 11)"));
        }

        double extra = many["MB"] - few["MB"];
        Console.WriteLine(FormattableString.Invariant($"  memory at its peak {few["MB"]:F0} MB; ten times the series {many["MB"]:F0} MB: {extra:F0} MB more, for ")
            + FormattableString.Invariant($"{data:F0} MB more of data in double (aim: no more)"));
        double scoring = few["backtest without its training"] / few["the same windows once"];
        Console.WriteLine(FormattableString.Invariant($"  a backtest without its training over the same windows scored once: {scoring:F2}"));
        return few.Keys.Where(name => name != "MB").All(part => many[part] <= 11 * few[part]) && extra <= data ? 0 : 1;
    }

    /// <summary>The child: prints the processor time of each part, and the peak of the memory.</summary>
    public static int Child(string series)
    {
        int count = int.Parse(series, CultureInfo.InvariantCulture);
        var ml = new MLContext(seed: 1);
        // Everything is compiled before it is measured.
        Parts(ml, 20);
        foreach ((string name, double seconds) in Parts(ml, count))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}={seconds}"));
        string peak = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal));
        Console.WriteLine($"MB={double.Parse(peak.Split(':')[1].Replace("kB", ""), CultureInfo.InvariantCulture) / 1024:F1}");
        return 0;
    }

    private static IEnumerable<(string Name, double Seconds)> Parts(MLContext ml, int series)
    {
        IDataView rows = ml.Data.LoadFromEnumerable(Rows(series));
        // The number of steps follows from that of the series.
        SequenceForecaster trainer = ml.Forecasting.Trainers.Sequence(new WindowMlp { HiddenSize = 64 }, new ForecastingOptions
        {
            Targets = [nameof(Row.Value)],
            SeriesColumnName = nameof(Row.Series),
            Context = Context,
            Horizon = Horizon,
            Stride = Horizon,
            Training = new TrainingOptions { Epochs = 1, BatchSize = Batch, ShowProgress = false },
        });
        var clock = new ProcessorClock();
        long began = clock.GetTimestamp();
        double Lap()
        {
            long now = clock.GetTimestamp();
            double seconds = clock.GetElapsedTime(began, now).TotalSeconds;
            began = now;
            return seconds;
        }

        var options = new BacktestOptions { Folds = Origins, Stride = 1, Refit = false, Seasonality = 24 };
        // A backtest trains on the rows before the first origin.
        IDataView before = Cut(ml, series, 0, Length - Horizon - Origins + 1), tested = Cut(ml, series, Length - Horizon - Origins + 1 - Context, Length);
        Lap();
        using ForecastingTransformer model = trainer.Fit(before);
        double fit = Lap();
        long windows = 0;
        foreach (float[] forecast in model.Transform(tested).GetColumn<float[]>("Forecast"))
            windows += float.IsFinite(forecast[0]) ? 1 : 0;
        double once = Lap();
        BacktestResult result = ml.Forecasting.Backtest(rows, trainer, options);
        double backtest = Lap();
        if (result.Metrics.Count != series * Origins || windows < series * Origins)
            throw new InvalidOperationException($"Expected {series * Origins} forecasts; found {result.Metrics.Count} of {windows}.");
        foreach (TrainCatalogBase.CrossValidationResult<ForecastingMetrics> fold in result.Folds.Take(1))
            ((IDisposable)fold.Model).Dispose();
        Lap();
        int ahead = model.Forecast(rows).Count;
        double table = Lap();
        if (ahead != series * Horizon)
            throw new InvalidOperationException($"Expected {series * Horizon} rows; found {ahead}.");
        // Scoring the tested rows scores the rows of a horizon after the last origin too.
        double share = Origins / (double)(Origins + Horizon);
        return [("training", fit), ("the same windows once", once * share), ("backtest without its training", backtest - fit), ("forecasts after the end", table)];
    }

    private static IDataView Cut(MLContext ml, int series, int from, int to) => ml.Data.LoadFromEnumerable(Rows(series, from, to));

    // Made while they are read: no memory but the library's.
    private static IEnumerable<Row> Rows(int series, int from = 0, int to = Length)
    {
        for (int one = 0; one < series; one++)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"s{one}");
            for (int step = from; step < to; step++)
                yield return new Row { Series = key, Value = MathF.Sin(0.2618f * step + one) * (1 + one % 7) + one % 90 + (step * 7919 + one * 104729) % 1000 / 1000f };
        }
    }

    private static Dictionary<string, double> Start(int series)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(ManySeries).Assembly.Location);
        start.ArgumentList.Add("many-series-child");
        start.ArgumentList.Add(series.ToString(CultureInfo.InvariantCulture));
        using Process process = Process.Start(start)!;
        string told = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return told.Split('\n').Select(line => line.Split('=')).Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0], parts => double.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    private sealed class Row
    {
        public string Series { get; set; } = "";

        public float Value { get; set; }
    }
}
