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
    private const string Training = "training", Scored = "the same windows once", Backtest = "backtest, its training included",
        Ahead = "forecasts after the end";

    private const int Few = 414, Length = 1_000, Context = 168, Horizon = 48, Origins = 50, Batch = 512;

    public static int Run()
    {
        string[] parts = [Training, Scored, Backtest, Ahead];
        var few = parts.ToDictionary(part => part, part => Start(Few, part));
        var many = parts.ToDictionary(part => part, part => Start(10 * Few, part));
        double data = 9.0 * Few * Length * sizeof(double) / 1e6;
        Console.WriteLine(FormattableString.Invariant($"many-series: {Length} rows each, context {Context}, horizon {Horizon}, {Origins} origins; ")
            + FormattableString.Invariant($"a window MLP; cores: {Environment.ProcessorCount}; ten times the series are {data:F0} MB more in double"));
        bool reached = true;
        foreach ((string part, (double seconds, double memory)) in few)
        {
            double times = many[part].Seconds / seconds, more = many[part].Memory - memory;
            reached &= times <= 11 && more <= data;
            Console.WriteLine(FormattableString.Invariant($"  {part,-31} {seconds,6:F2} s of processor time, at most {memory,4:F0} MB; ten times the series ")
                + FormattableString.Invariant($"{many[part].Seconds,6:F2} s, {times,4:F1} × (aim: 11), {more,4:F0} MB more"));
        }

        double scoring = (many[Backtest].Seconds - many[Training].Seconds) / many[Scored].Seconds;
        Console.WriteLine(FormattableString.Invariant($"  a backtest without its training over the same windows scored once: {scoring:F2}"));
        return reached ? 0 : 1;
    }

    /// <summary>The child: prints the processor time of a part, and the peak of the memory in it.</summary>
    public static int Child(string series, string part)
    {
        int count = int.Parse(series, CultureInfo.InvariantCulture);
        var ml = new MLContext(seed: 1);
        // Everything is compiled before it is measured.
        Measure(ml, 20, part);
        (double seconds, double memory) = Measure(ml, count, part);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{part}={seconds}={memory}"));
        return 0;
    }

    // The largest memory of the process since the last reset, in MB.
    private static double Peak()
    {
        string peak = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal));
        GC.Collect();
        File.WriteAllText("/proc/self/clear_refs", "5");
        return double.Parse(peak.Split(':')[1].Replace("kB", ""), CultureInfo.InvariantCulture) / 1024;
    }

    private static (double Seconds, double Memory) Measure(MLContext ml, int series, string part)
    {
        IDataView rows = Cut(ml, series, 0, Length);
        // A backtest trains on the rows before the first origin.
        const int first = Length - Horizon - Origins + 1;
        IDataView before = Cut(ml, series, 0, first), tested = Cut(ml, series, first - Context, Length);
        SequenceForecaster trainer = ml.Forecasting.Trainers.Sequence(new WindowMlp { HiddenSize = 64 }, new ForecastingOptions
        {
            Targets = [nameof(Row.Value)],
            SeriesColumnName = nameof(Row.Series),
            Context = Context,
            Horizon = Horizon,
            Stride = Horizon,
            Training = new TrainingOptions { Epochs = 1, BatchSize = Batch, ShowProgress = false },
        });
        using ForecastingTransformer? model = part is Scored or Ahead ? trainer.Fit(before) : null;
        var clock = new ProcessorClock();
        Peak();
        long began = clock.GetTimestamp();
        switch (part)
        {
            case Training:
                trainer.Fit(before).Dispose();
                break;
            case Scored:
                Expect(series * (Origins + Horizon), model!.Transform(tested).GetColumn<float[]>("Forecast").LongCount(one => float.IsFinite(one[0])));
                break;
            case Backtest:
                var options = new BacktestOptions { Folds = Origins, Stride = 1, Refit = false, Seasonality = 24 };
                Expect(series * Origins, ml.Forecasting.Backtest(rows, trainer, options).Metrics.Count);
                break;
            default:
                Expect(series * Horizon, model!.Forecast(rows).Count);
                break;
        }

        // Scoring scores the rows of the last horizon too, which are no origins.
        double share = part == Scored ? Origins / (double)(Origins + Horizon) : 1;
        return (share * clock.GetElapsedTime(began, clock.GetTimestamp()).TotalSeconds, Peak());
    }

    private static void Expect(long expected, long found)
    {
        if (found != expected)
            throw new InvalidOperationException($"Expected {expected} forecasts; found {found}.");
    }

    private static IDataView Cut(MLContext ml, int series, int from, int to) => ml.Data.LoadFromEnumerable(Rows(series, from, to));

    // Made while they are read: no memory but the library's.
    private static IEnumerable<Row> Rows(int series, int from = 0, int to = Length)
    {
        for (int one = 0; one < series; one++)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"s{one}");
            for (int step = from; step < to; step++)
            {
                float noise = (step * 7919 + one * 104729) % 1000 / 1000f;
                yield return new Row { Series = key, Value = MathF.Sin(0.2618f * step + one) * (1 + one % 7) + one % 90 + noise };
            }
        }
    }

    private static (double Seconds, double Memory) Start(int series, string part)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(ManySeries).Assembly.Location);
        foreach (string argument in new[] { "many-series-child", series.ToString(CultureInfo.InvariantCulture), part })
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        string[] told = process.StandardOutput.ReadToEnd().Split('=');
        process.WaitForExit();
        return (double.Parse(told[1], CultureInfo.InvariantCulture), double.Parse(told[2], CultureInfo.InvariantCulture));
    }

    private sealed class Row
    {
        public string Series { get; set; } = "";

        public float Value { get; set; }
    }
}
