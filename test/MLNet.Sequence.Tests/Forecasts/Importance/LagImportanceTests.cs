using Microsoft.ML;
using MLNet.Sequence.Tests.Reports;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Forecasts;

[TestClass]
public sealed class LagImportanceTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Only_the_lag_that_decides_matters_and_as_much_as_the_formula_says()
    {
        // The load of the next row is the price of three rows before it, and noise: lag 3 of the price explains a part r² of its variance.
        var random = new RandomStream(7);
        double[] price = [.. Enumerable.Range(0, 3_000).Select(_ => random.NextNormal())];
        Step[] steps = [.. price.Select((value, i) => new Step
        {
            Price = (float)value,
            Load = (float)((i < 3 ? 0 : price[i - 3]) + 0.5 * random.NextNormal()),
        })];
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(new Ridge(), new ForecastingOptions
        {
            Targets = ["Load"],
            Inputs = ["Price"],
            Context = 8,
            Horizon = 1,
        }).Fit(View(_ml, steps[..2_000]));
        LagImportanceReport report = _ml.Forecasting.PermutationFeatureImportance(model, View(_ml, steps[2_000..]), permutations: 5);

        Assert.AreEqual(993 - 1, report.Windows);
        double explained = 1 / 1.25;
        Assert.AreEqual(1 - explained, report.Error, 0.03);
        Dictionary<(string, string), double> changes = report.Changes.ToDictionary(one => (one.Input, one.Part), one => one.Change);
        CollectionAssert.AreEqual(new[] { "all", "1", "2", "3–4", "5–8" }, report.Changes.Take(5).Select(one => one.Part).ToArray());
        // For weights w of independent inputs a permuted one adds 2 w² to the error, and w² is the part that it explains.
        Assert.AreEqual(2 * explained, changes[("Price", "3–4")], 0.15);
        Assert.AreEqual(2 * explained, changes[("Price", "all")], 0.15);
        foreach (((string input, string part), double change) in changes.Where(one => one.Key is not ("Price", "3–4" or "all")))
            Assert.AreEqual(0, change, 0.02, $"{input} {part}");
    }

    [TestMethod]
    public void Of_differences_the_report_says_so()
    {
        List<Step> steps = Steps(60);
        string Said(Differencing? differencing)
        {
            using ForecastingTransformer model = Fit(steps, Options with { Differencing = differencing }, new Linear());
            return _ml.Forecasting.PermutationFeatureImportance(model, View(_ml, steps), permutations: 1, windows: 10).ToString();
        }

        StringAssert.Contains(Said(Differencing.FirstAndSeasonal(3)), "in squared standard deviations of the differences of the series. The change is that of "
            + "this error if the values are those of another window. A lag of a target is its difference, which is of values up to 4 steps further back.");
        string plain = Said(null);
        StringAssert.Contains(plain, "in squared standard deviations of the series.");
        Assert.DoesNotContain("difference", plain);
    }

    [TestMethod]
    public void Values_ahead_and_of_the_series_are_permuted_too()
    {
        List<Step> a = Steps(80), b = Steps(80, seed: 2, series: "b");
        using ForecastingTransformer model = Fit(Interleaved(a, b), Options with
        {
            SeriesColumnName = "Series",
            KnownInputs = ["Price"],
            MissingValues = MissingValues.Mask,
        }, new Linear());
        LagImportanceReport report = _ml.Forecasting.PermutationFeatureImportance(model, View(_ml, Interleaved(a, b)), permutations: 1, windows: 40);
        Assert.AreEqual(40, report.Windows);
        CollectionAssert.AreEqual(new[] { "Load", "Load is missing", "Price" }, report.Changes.Select(one => one.Input).Distinct().ToArray());
        LagImportance ahead = report.Changes.Single(one => one.Part == "ahead");
        Assert.AreEqual("Price", ahead.Input);
        Assert.AreNotEqual(0, ahead.Change);
        // Nothing is missing: taking it from elsewhere changes nothing.
        Assert.IsTrue(report.Changes.Where(one => one.Input == "Load is missing").All(one => one.Change == 0));
    }

    [TestMethod]
    public void Importance_with_intervals_is_that_of_the_forecast_between_them()
    {
        List<Step> rows = Steps(120);
        LagImportanceReport[] reports = [.. new[] { Options, Options with { Intervals = new ForecastIntervals { ConfidenceLevel = 0.8 } } }.Select(options =>
        {
            using ForecastingTransformer model = Fit(rows, options, new Linear());
            return _ml.Forecasting.PermutationFeatureImportance(model, View(_ml, rows[60..]), permutations: 1);
        })];
        Assert.AreEqual(reports[0].Error, reports[1].Error, 1e-6 * reports[0].Error);
        Assert.AreEqual(reports[0].Windows, reports[1].Windows);
    }

    // The mean of counts is a softplus of what the network says: the errors are those of the forecasts that users read.
    [TestMethod]
    public void The_error_and_the_memory_of_counts_are_those_of_their_forecasts()
    {
        List<Step> rows = Steps(160);
        foreach ((int i, Step row) in rows.Index())
            row.Load = i % 9 == 0 ? 1 : 0;
        using ForecastingTransformer model = Fit(rows, Options with { Output = ForecastOutput.Poisson }, new Linear());
        IDataView test = View(_ml, rows[80..]);
        double deviation = model.Model.Scaling.Pooled.Moments.Deviation[0];
        float[][] forecasts = Column(model.Transform(test));
        double expected = Enumerable.Range(Context - 1, 80 - Context - Horizon + 1).Average(origin =>
            forecasts[origin].Select((mean, ahead) => Math.Pow((mean - rows[80 + origin + 1 + ahead].Load) / deviation, 2)).Average());
        Assert.AreEqual(expected, _ml.Forecasting.PermutationFeatureImportance(model, test, permutations: 1).Error, 1e-5 * expected);
        Assert.AreEqual(expected, _ml.Sequence.MeasureMemory(model, test).FullMetric, 1e-5 * expected);
    }

    [TestMethod]
    public void Rows_in_any_order_have_the_importance_of_rows_in_order()
    {
        List<Step> rows = Steps(120);
        using ForecastingTransformer model = Fit(rows, Options with { Sort = true, TimeColumnName = "Time" }, new Linear());
        double[] errors = [.. new[] { rows, [.. rows.OrderBy(row => row.Load)] }.Select(some =>
            _ml.Forecasting.PermutationFeatureImportance(model, View(_ml, some), permutations: 1).Error)];
        Assert.AreEqual(errors[0], errors[1]);
    }

    [TestMethod]
    public void A_forecaster_without_windows_and_too_few_rows_are_refused()
    {
        using ForecastingTransformer model = Fit(Steps(60));
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Forecasting.PermutationFeatureImportance(model, View(_ml, Steps(11)))).Message,
            "The data has 1 windows; at least 2 are needed, which is 12 rows of a series");
        using ForecastingTransformer carried = Fit(Steps(60), Options with { CarriesState = true });
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Forecasting.PermutationFeatureImportance(carried, View(_ml, Steps(60)))).Message,
            "carries its state");
    }
}

[TestClass]
public sealed class LagImportanceReportTests : ReportContract<LagImportanceReport>
{
    protected override LagImportanceReport Report(string name) => new()
    {
        Error = 0.25,
        Windows = 300,
        Changes = [new LagImportance(name, "all", 1.5, 0.25), new LagImportance(name, "1", 0.75, 0.125)],
    };
}
