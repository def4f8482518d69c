using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;

namespace MLNet.Sequence.Bench;

/// <summary>
/// The first forecast of a fresh process after it has loaded a model (an LSTM, hidden 64, context 96): in plain C#, through an engine over ML.NET's
/// model.zip, and as a table of ML.NET's. Within the process, the load and the forecast after it; and the whole process beside one that does nothing.
/// </summary>
internal static class FirstForecast
{
    private const int Rounds = 11;

    private static readonly string[] Ways = ["nothing", "plain C#", "engine", "table"];

    public static int RunAll()
    {
        string folder = Directory.CreateTempSubdirectory("first-forecast").FullName;
        try
        {
            Make(folder);
            var runs = Ways.ToDictionary(way => way, _ => new List<Run>());
            for (int round = 0; round < Rounds; round++)
            {
                foreach (string way in Ways)
                    runs[way].Add(Start(way, folder));
            }

            double Median(string way, Func<Run, double> of) => runs[way].Select(of).Order().ElementAt(Rounds / 2);
            bool below = true;
            foreach (string way in Ways)
            {
                double forecast = Median(way, run => run.Forecast);
                (double load, double first) = (runs[way].Min(run => run.Load), runs[way].Min(run => run.Forecast));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first-forecast: {way,-9} load {Median(way, run => run.Load),5:F0} ms, "
                    + $"first forecast {forecast,5:F0} ms (the fastest of {Rounds}: {load,5:F0} and {first,5:F0}), "
                    + $"{Median(way, run => run.ForecastProcessor),4:F0} ms of processor time; whole process {Median(way, run => run.Clock),5:F0} ms, "
                    + $"{Median(way, run => run.Processor),5:F0} ms of processor time"));
                below &= forecast < 300;
            }

            return below ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The child: loads and forecasts in one way; prints milliseconds of both, and of its processor time.</summary>
    public static int Child(string way, string folder)
    {
        long began = Stopwatch.GetTimestamp(), loaded = began;
        double processor = 0;
        void Loaded() => (loaded, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime.TotalMilliseconds);
        switch (way)
        {
            case "plain C#":
                Plain(folder, Loaded);
                break;
            case "engine":
                Engine(folder, Loaded);
                break;
            case "table":
                Table(folder, Loaded);
                break;
        }

        double load = Stopwatch.GetElapsedTime(began, loaded).TotalMilliseconds, forecast = Stopwatch.GetElapsedTime(loaded).TotalMilliseconds;
        double all = Environment.CpuUsage.TotalTime.TotalMilliseconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{load} {forecast} {(processor > 0 ? all - processor : 0)} {all}"));
        return 0;
    }

    // Separate methods: a process loads only what its way needs.
    private static void Plain(string folder, Action loaded)
    {
        SequenceModel model = SequenceModel.Load(Path.Combine(folder, "model.mlseq"));
        loaded();
        Check(model.Forecast(new float[96])[0]);
    }

    private static void Engine(string folder, Action loaded)
    {
        var ml = new MLContext();
        ITransformer model = ml.Model.Load(Path.Combine(folder, "model.zip"), out _);
        loaded();
        using ForecastingEngine<Row, Answer> engine = ml.Forecasting.CreateEngine<Row, Answer>(model);
        Row[] rows = Rows(96);
        engine.Update(rows[..95]);
        Check(engine.Predict(rows[95]).Forecast[0]);
    }

    private static void Table(string folder, Action loaded)
    {
        var ml = new MLContext();
        var model = (ForecastingTransformer)ml.Model.Load(Path.Combine(folder, "model.zip"), out _);
        loaded();
        Check(model.Forecast(ml.Data.LoadFromEnumerable(Rows(200)))[0].Forecast);
    }

    private static void Check(double forecast)
    {
        if (!double.IsFinite(forecast))
            throw new InvalidOperationException("There is no forecast.");
    }

    private static void Make(string folder)
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(Rows(400));
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Lstm { HiddenSize = 64 }, new ForecastingOptions
        {
            Targets = [nameof(Row.Value)],
            TimeColumnName = nameof(Row.Time),
            Context = 96,
            Horizon = 24,
            Training = new TrainingOptions { Epochs = 1, ShowProgress = false },
        }).Fit(rows);
        model.Model.Save(Path.Combine(folder, "model.mlseq"));
        ml.Model.Save(model, rows.Schema, Path.Combine(folder, "model.zip"));
    }

    private static Row[] Rows(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Row { Time = new DateTime(2024, 1, 1).AddHours(i), Value = MathF.Sin(i / 4f) })];

    private static Run Start(string way, string folder)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(FirstForecast).Assembly.Location);
        foreach (string argument in new[] { "first-forecast-child", way, folder })
            start.ArgumentList.Add(argument);
        long began = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        string[] told = process.StandardOutput.ReadToEnd().Split(' ');
        process.WaitForExit();
        double Number(int place) => double.Parse(told[place], CultureInfo.InvariantCulture);
        return new Run(Number(0), Number(1), Number(2), Number(3), Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    private sealed record Run(double Load, double Forecast, double ForecastProcessor, double Processor, double Clock);

    private sealed class Row
    {
        public DateTime Time { get; set; }

        public float Value { get; set; }
    }

    private sealed class Answer
    {
        public float[] Forecast { get; set; } = [];
    }
}
