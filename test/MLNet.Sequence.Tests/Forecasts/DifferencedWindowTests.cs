using System.Text.Json.Nodes;
using Microsoft.ML;
using MLNet.Sequence.Data;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Tests.Model;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>The windows of forecasters with differences: what begins them, how far back they reach, and files that contradict them.</summary>
[TestClass]
public sealed class DifferencedWindowTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static ForecastingOptions Options =>
        TinyForecasting.SeriesOptions with { Context = 10, Normalization = WindowNormalization.None, Differencing = Differencing.FirstAndSeasonal(2) };

    // The mean of the training differences, whatever the centre of the scaling is: y(t) − y(t − 1) − y(t − 2) + y(t − 3), by hand.
    [TestMethod]
    [DataRow(ScalingKind.Standard)]
    [DataRow(ScalingKind.Robust)]
    [DataRow(ScalingKind.MinMax)]
    [DataRow(ScalingKind.MeanAbsolute)]
    public void The_first_differences_are_read_as_their_mean(ScalingKind kind)
    {
        var random = new Random(4);
        var set = new SeriesSet(["Load", "Price"]);
        double[] y = [.. Enumerable.Range(0, 40).Select(step => 3.0 * step * step + 20 * random.NextDouble())];
        foreach (double value in y)
            set.Add("a", [value, 1 - value]);
        var task = new Forecasting
        {
            Targets = [new ChannelColumn("Load", ["Load"])],
            Inputs = [new ChannelColumn("Price", ["Price"])],
            Context = 6,
            Horizon = 2,
            Normalization = WindowNormalization.None,
            Scaling = kind,
            Differencing = Differencing.FirstAndSeasonal(2),
        };
        SeriesScaling fitted = DifferencedTargets.Fit(task, set, series => series.Length).Scaling;
        double mean = Enumerable.Range(3, 37).Average(t => y[t] - y[t - 1] - y[t - 2] + y[t - 3]);
        ChannelScaling own = fitted["a"];
        var past = new float[12];
        var windows = Windows.Over(set, new WindowShape(6, 2));
        task.Standardize(windows[5], fitted, new SeenWindow(past, []), new float[2]);
        for (int step = 0; step < 3; step++)
            Assert.AreEqual(mean, past[2 * step] * own.Deviation[0] + own.Mean[0], 1e-4 * own.Deviation[0]);
        Assert.AreNotEqual(past[0], past[6]);
    }

    // A convolution over two steps of differences depends on the last 2 + 3 rows and on no others.
    [TestMethod]
    public void Measured_memory_counts_the_rows_that_differences_are_of()
    {
        List<Step> rows = TinyForecasting.Steps(80);
        using ForecastingTransformer convolved = TinyForecasting.Fit(rows, Options, new Tcn { Channels = 2, Levels = 1, KernelSize = 2 });
        int reads = convolved.Model.Certificate.ReceptiveField!.Value;
        MemoryReport report = Ml.Sequence.MeasureMemory(convolved, TinyForecasting.View(Ml, rows));
        CollectionAssert.AreEqual(new[] { 4, 5, 7, 10 }, report.Curve.Select(step => step.Steps).ToArray());
        foreach (MemoryStep step in report.Curve)
            Assert.AreEqual(step.Steps < reads, step.MaxChange > 0, $"{step.Steps} of {reads}");
        report = Ml.Sequence.MeasureMemory(convolved, TinyForecasting.View(Ml, rows), new MemoryOptions { Steps = [1, 3, 4, 9] });
        CollectionAssert.AreEqual(new[] { 4, 9, 10 }, report.Curve.Select(step => step.Steps).ToArray());
        // Enough steps are enough rows: values before them may be anything.
        float[][] windows = [.. Enumerable.Range(0, 20).Select(first => rows.Skip(first).Take(10).SelectMany(row => new[] { row.Load, row.Price }).ToArray())];
        string[] series = [.. windows.Select(_ => "a")];
        SequenceModel cut = convolved.Model.Truncate(1e-9, windows, series);
        Assert.AreEqual(reads, cut.Certificate.ReceptiveField);
        float[] changed = [.. windows[0]];
        changed.AsSpan(0, 2 * (10 - reads)).Fill(1);
        CollectionAssert.AreEqual(cut.Forecast(windows[0], "a"), cut.Forecast(changed, "a"));
        SequenceModel shorter = convolved.Model.Truncate(steps: 4);
        Assert.AreEqual(4, shorter.Certificate.ReceptiveField);
        Assert.IsTrue(convolved.Model.MeasureTruncation(4, windows, series) > 0);
        changed.AsSpan(0, 2 * 6).Fill(2);
        CollectionAssert.AreEqual(shorter.Forecast(windows[0], "a"), shorter.Forecast(changed, "a"));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => convolved.Model.Truncate(steps: 3)).Message, "needs more than 3 steps");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => convolved.Model.MeasureTruncation(3, windows, series));
    }

    [TestMethod]
    public void A_file_whose_scaling_contradicts_its_task_is_refused()
    {
        using ForecastingTransformer differenced = TinyForecasting.Fit(TinyForecasting.Steps(60), Options with { Scaling = ScalingKind.BoxCox });
        byte[] whole = Saved(differenced.Model);
        Refused(whole, file => Own(file)["powers"] = null, "has 0 power transforms; a task of 1 targets with ScalingKind.BoxCox has 1");
        Refused(whole, file => Own(file)["powers"]!.AsArray()[0] = null, "Powers has no value at place 0");
        Refused(whole, file => Own(file)["powers"]!.AsArray().Add(Own(file)["powers"]![0]!.DeepClone()), "has 2 power transforms");
        Refused(whole, file => Own(file)["undifferenced"] = null, "without the mean and deviation of undifferenced values");
        Refused(whole, file => file["task"]!["differencing"]!["season"] = int.MaxValue,
            "from 1 to 100000000, and null without differences of seasons; found 2147483647");
        Refused(whole, file => file["task"]!["differencing"] = null, "with the mean and deviation of undifferenced values");
        Refused(whole, file => file["task"]!.AsObject().Remove("scaling"), "ScalingKind.Standard has 0");
        using ForecastingTransformer logged = TinyForecasting.Fit(TinyForecasting.Steps(60), Options with { Scaling = ScalingKind.Log1p, Differencing = null });
        whole = Saved(logged.Model);
        Refused(whole, file => Own(file)["logarithms"] = null,
            "has logarithms of 0 channels; a task of 1 targets with ScalingKind.Log1p has them of its targets");
        Refused(whole, file => Own(file)["logarithms"]![1] = true, "has logarithms of 2 channels");
        Refused(whole, file => file["task"]!["scaling"] = "Robust", "ScalingKind.Robust has them of none");
    }

    private static JsonNode Own(JsonNode file) => file["scaling"]!["series"]!["a"]!;

    private static byte[] Saved(SequenceModel model)
    {
        using var memory = new MemoryStream();
        model.Save(memory);
        SequenceModel.Load(new MemoryStream(memory.ToArray()));
        return memory.ToArray();
    }

    private static void Refused(byte[] whole, Action<JsonNode> change, string message)
    {
        var archive = new ModelArchive(whole);
        change(archive.Json);
        StringAssert.Contains(Assert.ThrowsExactly<FormatException>(() => SequenceModel.Load(new MemoryStream(archive.ToFile()))).Message, message);
    }
}
