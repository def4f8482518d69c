using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// The cost for a fresh process to load a model (LSTM hidden 128, 8 channels, context 96, horizon 24) and to forecast once in plain C#: its
/// processor time and wall-clock time, minus those of the same program without both. In turn.
/// </summary>
internal static class ColdLoad
{
    private const int Rounds = 15, Channels = 8, Context = 96;

    public static int Run()
    {
        string path = Path.Combine(Path.GetTempPath(), $"cold-load-{Environment.ProcessId}.zip");
        Make().Save(path);
        try
        {
            (double Processor, double Clock)[] empty = new (double, double)[Rounds], loading = new (double, double)[Rounds];
            for (int round = 0; round < Rounds; round++)
                (empty[round], loading[round]) = (Child("nothing"), Child(path));
            double processor = Median(loading.Select(run => run.Processor)) - Median(empty.Select(run => run.Processor));
            double clock = Median(loading.Select(run => run.Clock)) - Median(empty.Select(run => run.Clock));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"cold-load: an empty program {Median(empty.Select(run => run.Processor)):F0} ms of "
                + $"processor time, {Median(empty.Select(run => run.Clock)):F0} ms of wall-clock time; medians of {Rounds}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  load and first forecast in addition: {processor:F0} ms of processor time "
                + $"(aim: below 150), {clock:F0} ms of wall-clock time"));
            return processor < 150 ? 0 : 1;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The child: loads and forecasts, or nothing; prints its processor time in milliseconds.</summary>
    public static int Child(string path, TextWriter output)
    {
        if (path != "nothing")
            Forecast(path);
        output.WriteLine(Environment.CpuUsage.TotalTime.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    // A separate method, because the empty program must not load its dependencies.
    private static void Forecast(string path) => SequenceModel.Load(path).Forecast(new float[Context * Channels]);

    private static (double Processor, double Clock) Child(string path)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(ColdLoad).Assembly.Location);
        start.ArgumentList.Add("cold-load-child");
        start.ArgumentList.Add(path);
        long began = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        string told = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (double.Parse(told, CultureInfo.InvariantCulture), Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    private static SequenceModel Make()
    {
        var task = new Forecasting
        {
            Targets = [new ChannelColumn("Values", [.. Enumerable.Range(0, Channels).Select(i => $"Values[{i}]")])],
            Context = Context,
            Horizon = 24,
        };
        var architecture = new Lstm { HiddenSize = 128 };
        Weights weights = Initializer.Draw(SequenceModel.BuildNetwork(architecture, task).AllWeights(), new RandomStream(1));
        var report = new TrainingReport
        {
            Epochs = [],
            BestEpoch = 0,
            StoppedBecause = "It was not trained.",
            Seed = 1,
            Device = "cpu",
            Threads = "1",
            TrainingExamples = 0,
            ValidationExamples = 0,
            Seconds = 0,
            Options = JsonSerializer.SerializeToElement(0),
            Versions = new Dictionary<string, string>(),
        };
        return new SequenceModel(architecture, task, weights, new SeriesScaling(ChannelScaling.None(Channels), []), report);
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
