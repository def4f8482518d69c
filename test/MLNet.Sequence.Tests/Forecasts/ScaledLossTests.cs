using Microsoft.ML;
using MLNet.Sequence.Data;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>MASE as a loss: absolute errors over the seasonal naive error of each series in training.</summary>
[TestClass]
public sealed class ScaledLossTests
{
    private const int Season = 4;
    private static readonly MLContext Ml = new(seed: 1);

    private static ForecastingOptions Options =>
        TinyForecasting.SeriesOptions with { Loss = RegressionLoss.AbsoluteScaled(Season), Normalization = WindowNormalization.None };

    [ClassInitialize]
    public static void Load(TestContext _) => TorchRuntime.EnsureLoaded();

    // Forecasts of 0 in standard deviations, which are the mean of the series: |y − mean| over the mean |y(t) − y(t − 4)|.
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void The_loss_is_the_absolute_error_over_the_seasonal_naive_error_of_the_series(bool carries)
    {
        var set = new SeriesSet(["Load"]);
        var random = new Random(4);
        foreach ((string key, double size) in new[] { ("a", 1.0), ("b", 1000.0) })
        {
            for (int step = 0; step < 40; step++)
                set.Add(key, [size * (10 + random.NextDouble() + step % 3)]);
        }

        Forecasting task = TinyTask() with { CarriesState = carries };
        SeriesScaling scaling = SeriesScaling.Fit(set, series => series.Length);
        var units = new SeasonalUnits(set, series => series.Length, scaling, Season, 1);
        Windows windows = Windows.Over(set, new WindowShape(task.Context, task.Horizon));
        IBatchSource batches = carries ? new StreamBatches(windows, task, scaling) { ChunkSteps = 100, Errors = units }
            : new WindowBatches(windows, task, scaling) { Errors = units };
        using var scope = NewDisposeScope();
        Batch batch = batches.Load(batches.Order(1000, seed: null).First(), CPU);
        double found = new ForecastingObjective(RegressionLoss.AbsoluteScaled(Season), task).Loss(zeros_like(batch.Target), batch).item<float>();
        var losses = new List<double>();
        foreach (Series series in set.Series)
        {
            double[] values = [.. Enumerable.Range(0, 40).Select(step => series[step, 0])];
            double naive = Enumerable.Range(Season, 40 - Season).Average(step => Math.Abs(values[step] - values[step - Season]));
            for (int origin = task.Context - 1; origin + task.Horizon < 40; origin++)
                losses.Add(Enumerable.Range(1, task.Horizon).Average(step => Math.Abs(values[origin + step] - values.Average())) / naive);
        }

        Assert.AreEqual(losses.Average(), found, 1e-5);
    }

    [TestMethod]
    public void The_validation_loss_is_the_MASE_of_the_validation_windows()
    {
        List<Step> rows = TinyForecasting.Interleaved(TinyForecasting.Steps(80), TinyForecasting.Steps(80, 2, "b"));
        foreach (Step row in rows.Where(row => row.Series == "b"))
            row.Load *= 500;
        using ForecastingTransformer model = TinyForecasting.Fit(rows, Options);
        float[][] forecasts = TinyForecasting.Column(model.Transform(TinyForecasting.View(Ml, rows)));
        var errors = new List<double>();
        foreach (string key in new[] { "a", "b" })
        {
            (int Place, Step Row)[] own = [.. rows.Index().Where(one => one.Item.Series == key)];
            double naive = Enumerable.Range(Season, 72 - Season).Average(step => Math.Abs(own[step].Row.Load - (double)own[step - Season].Row.Load));
            for (int origin = 71; origin + 3 < 80; origin++)
                errors.Add(Enumerable.Range(1, 3).Average(step =>
                    Math.Abs(forecasts[own[origin].Place][step - 1] - (double)own[origin + step].Row.Load)) / naive);
        }

        Assert.AreEqual(errors.Average(), model.Model.Report.Epochs.Min(epoch => epoch.ValidationLoss!.Value), 1e-4);
        StringAssert.Contains(model.Model.Report.ToString(), "season 4");
    }

    [TestMethod]
    public void A_series_without_a_seasonal_naive_error_is_told_and_weighted_as_the_others()
    {
        var log = new List<string>();
        var ml = new MLContext(seed: 1);
        ml.Log += (_, entry) => log.Add(entry.Message);
        List<Step> rows = TinyForecasting.Interleaved(TinyForecasting.Steps(60), TinyForecasting.Steps(60, 2, "still"));
        foreach (Step row in rows.Where(row => row.Series == "still"))
            row.Load = 7;
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, Options).Fit(TinyForecasting.View(ml, rows));
        Assert.IsTrue(model.Model.Report.Epochs.All(epoch => double.IsFinite(epoch.Loss)));
        const string expected = "1 series have no seasonal naive error in the training rows, beginning with 'still'";
        Assert.IsTrue(log.Any(line => line.Contains(expected, StringComparison.Ordinal)));
        var set = new SeriesSet(["Load"]);
        for (int step = 0; step < 12; step++)
        {
            set.Add("a", [step % 2]);
            set.Add("still", [7]);
        }

        SeriesScaling scaling = SeriesScaling.Fit(set, series => series.Length);
        // Of a: a change of 1 each step, in deviations of ½.
        var units = new SeasonalUnits(set, series => series.Length, scaling, 1, 1);
        CollectionAssert.AreEqual(new[] { 2f }, units.Of("a", scaling["a"]));
        CollectionAssert.AreEqual(new[] { 2f }, units.Of("still", scaling["still"]));
        CollectionAssert.AreEqual(new[] { 2f }, units.Of("new", new ChannelScaling([0], [9])));
    }

    // Its mean change over a day is that of rounding to Single: as a unit it would outweigh all other series.
    [TestMethod]
    [DataRow(0f)]
    [DataRow(3e5f)]
    public void A_change_that_is_only_rounding_is_no_unit(float level)
    {
        const int day = 24;
        var random = new Random(3);
        var set = new SeriesSet(["Load"]);
        for (int step = 0; step < 10 * day; step++)
        {
            set.Add("round", [level + (float)Math.Sin(2 * Math.PI * step / day)]);
            set.Add("a", [random.NextDouble()]);
        }

        SeriesScaling scaling = SeriesScaling.Fit(set, series => series.Length);
        var units = new SeasonalUnits(set, series => series.Length, scaling, day, 1);
        CollectionAssert.AreEqual(new[] { "round" }, units.Without.ToArray());
        Assert.AreEqual(units.Of("a", scaling["a"])[0], units.Of("round", scaling["round"])[0]);
        // A small change of a high level, which only Double holds, is a change.
        var fine = new SeriesSet(["Load"]);
        for (int step = 0; step < 10 * day; step++)
            fine.Add("fine", [1e9 + random.NextDouble()]);
        Assert.IsEmpty(new SeasonalUnits(fine, series => series.Length, SeriesScaling.Fit(fine, series => series.Length), day, 1).Without);
    }

    // Each value is 3 above that of a season before: the seasonal naive forecast errs by 3, which is the unit.
    [TestMethod]
    public void The_loss_of_the_seasonal_naive_forecast_itself_is_1()
    {
        List<Step> rows = TinyForecasting.Steps(60);
        foreach ((int place, Step row) in rows.Index())
            row.Load = 10 * (place % Season) + 3 * (place / Season);
        using ForecastingTransformer model = TinyForecasting.Fit(rows, Options, new SeasonalNaive { Season = Season });
        EpochReport only = model.Model.Report.Epochs.Single();
        Assert.AreEqual(1, only.Loss, 1e-5);
        Assert.AreEqual(1, only.ValidationLoss!.Value, 1e-5);
        StringAssert.Contains(model.Model.Report.ToString(), "season 4");
    }

    private static Forecasting TinyTask() =>
        new() { Targets = [new ChannelColumn("Load", ["Load"])], Context = 8, Horizon = 3, Normalization = WindowNormalization.None };
}
