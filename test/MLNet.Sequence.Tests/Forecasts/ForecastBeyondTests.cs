using Microsoft.Data.Analysis;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Tables of forecasts beyond the horizon: the same numbers as in plain C#, with dates, and what is known of their errors.</summary>
[TestClass]
public sealed class ForecastBeyondTests
{
    private const int Ahead = 8;

    [TestMethod]
    public void The_table_goes_on_with_dates_and_the_numbers_of_plain_CSharp()
    {
        List<Step> rows = Interleaved(Steps(60), Steps(50, 2, "b"));
        using ForecastingTransformer model = Fit(rows, Options with { Targets = ["Load", "Price"], SeriesColumnName = "Series", TimeColumnName = "Time" });
        var ml = new MLContext();
        ForecastTable table = model.Forecast(View(ml, rows), Ahead), usual = model.Forecast(View(ml, rows));
        Assert.HasCount(2 * Ahead * 2, table);
        CollectionAssert.AreEqual(usual.ToArray(), table.Where(row => row.Step <= Horizon).ToArray());
        double[] alone = model.Model.Forecast([.. rows.Where(row => row.Series == "b").SelectMany(row => new double[] { row.Load, row.Price })], Ahead,
            series: "b");
        CollectionAssert.AreEqual(alone, table.Where(row => row.Series == "b").Select(row => row.Forecast).ToArray());
        ForecastRow last = table.Last(row => row.Series == "b");
        Assert.AreEqual((Ahead, new DateTime(2020, 1, 1).AddHours(49 + Ahead)), (last.Step, last.Time));
        StringAssert.Contains(table.ToString(), "8 steps after the last row of 2 series");
        DataFrame frame = table.ToDataFrame();
        Assert.AreEqual(table.Count, frame.Rows.Count);
        CollectionAssert.AreEqual(table.Take(5).ToArray(), model.Forecast(View(ml, rows), 3).Take(5).ToArray());
        Assert.HasCount(2 * 2, model.Forecast(View(ml, rows), 1));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Bounds_and_quantiles_end_with_the_horizon_and_are_said_to(bool quantiles)
    {
        ForecastingOptions options = Options with
        {
            TimeColumnName = "Time",
            Output = quantiles ? ForecastOutput.Quantiles(0.1, 0.5, 0.9) : ForecastOutput.Point,
            Intervals = quantiles ? null : new ForecastIntervals { ConfidenceLevel = 0.5 },
        };
        List<Step> rows = Steps(80);
        List<string> warnings = [];
        var ml = new MLContext(seed: 1);
        ml.Log += (_, line) => { if (line.Kind == ChannelMessageKind.Warning) warnings.Add(line.Message); };
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(TinyLstm, options).Fit(View(ml, rows));
        ForecastTable usual = model.Forecast(View(ml, rows));
        warnings.Clear();
        ForecastTable table = model.Forecast(View(ml, rows), Ahead);
        CollectionAssert.AreEqual(usual.ToArray(), table.Take(Horizon).ToArray());
        foreach (ForecastRow row in table.Skip(Horizon))
        {
            Assert.IsTrue(double.IsFinite(row.Forecast));
            Assert.AreEqual((double.NaN, double.NaN), (row.Lower, row.Upper));
            CollectionAssert.AreEqual(quantiles ? new[] { double.NaN, row.Forecast, double.NaN } : [], row.Quantiles.ToArray());
        }

        string told = Assert.ContainsSingle(warnings.Where(line => line.Contains("beyond the horizon", StringComparison.Ordinal)));
        StringAssert.Contains(told, "The bounds and quantiles of steps 4 to 8, beyond the horizon, are NaN");
        Assert.AreEqual(double.NaN, table.ToDataView().GetColumn<double>("Upper").Last());
        Assert.Contains("<svg", table.ToHtml());
    }

    [TestMethod]
    public void A_distribution_has_bounds_within_the_horizon_and_those_of_its_paths_beyond()
    {
        List<Step> rows = Steps(80);
        using ForecastingTransformer model = Fit(rows, Options with { TimeColumnName = "Time", Output = ForecastOutput.StudentT });
        var ml = new MLContext();
        var paths = new SamplePaths(99, Seed: 4) { ConfidenceLevel = 0.8, Levels = [0.25, 0.5] };
        ForecastTable table = model.Forecast(View(ml, rows), Ahead, paths: paths);
        double[] history = [.. rows.Select(row => (double)row.Load)];
        ForecastDistribution[] within = model.Model.ForecastDistributions(history);
        ForecastPaths drawn = model.Model.ForecastPaths(history, paths, Ahead);
        foreach (ForecastRow row in table)
        {
            Func<double, double> quantile = row.Step <= Horizon ? within[row.Step - 1].Quantile : level => drawn.Quantile(level, row.Step);
            Assert.AreEqual(row.Step <= Horizon ? within[row.Step - 1].Mean : drawn.Mean(row.Step), row.Forecast);
            Assert.AreEqual((quantile(0.1), quantile(0.9)), (row.Lower!.Value, row.Upper!.Value));
            CollectionAssert.AreEqual(new[] { quantile(0.25), quantile(0.5) }, row.Quantiles.ToArray());
        }

        CollectionAssert.AreEqual(new[] { "Time", "Step", "Target", "Forecast", "Lower", "Upper", "q0.25", "q0.5" },
            table.ToDataView().Schema.Select(column => column.Name).ToArray());
        Assert.AreEqual((null, 0), (model.Forecast(View(ml, rows))[0].Lower, model.Forecast(View(ml, rows))[0].Quantiles.Count));
        Assert.IsTrue(model.Forecast(View(ml, rows), Ahead).All(row => row.Lower < row.Forecast && row.Forecast < row.Upper));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.Forecast(View(ml, rows), Ahead, paths: new SamplePaths(38))).Message,
            "Count must be at least 39");
        using ForecastingTransformer point = Fit(rows);
        Assert.ThrowsExactly<ArgumentException>(() => point.Forecast(View(ml, rows), Ahead, paths: paths));
    }

    [TestMethod]
    public void Known_inputs_must_reach_as_far_with_their_dates_in_the_message()
    {
        ForecastingOptions options = Options with { TimeColumnName = "Time", KnownInputs = ["Price"] };
        List<Step> rows = Steps(80);
        using ForecastingTransformer model = Fit(rows, options);
        var ml = new MLContext();
        IDataView history = View(ml, rows[..60]);
        ForecastTable table = model.Forecast(history, Ahead, View(ml, rows[60..]));
        double[] alone = model.Model.Forecast([.. rows[..60].SelectMany(row => new double[] { row.Load, row.Price })], Ahead,
            [.. rows[60..68].Select(row => (double)row.Price)]);
        CollectionAssert.AreEqual(alone, table.Select(row => row.Forecast).ToArray());
        // Rows at the end whose targets are missing hold the same plan.
        List<Step> following = [.. rows[..60], .. rows[60..68].Select(row => new Step { Time = row.Time, Price = row.Price, Load = float.NaN })];
        CollectionAssert.AreEqual(table.ToArray(), model.Forecast(View(ml, following), Ahead).ToArray());

        string message = Assert.ThrowsExactly<InvalidOperationException>(() => model.Forecast(history, Ahead, View(ml, rows[60..65]))).Message;
        StringAssert.Contains(message, "has 5 of the 8 steps ahead of the known inputs (Price), and no values at step 6 ahead (2020-01-03 17:00)");
        rows[66].Price = float.NaN;
        message = Assert.ThrowsExactly<ArgumentException>(() => model.Forecast(history, Ahead, View(ml, rows[60..]))).Message;
        StringAssert.Contains(message, "The known input 'Price' has no value at step 7 ahead (2020-01-03 18:00)");
    }

    [TestMethod]
    public void Inputs_that_end_with_the_rows_are_refused_or_missing()
    {
        List<Step> rows = Steps(80);
        var ml = new MLContext();
        using ForecastingTransformer refuses = Fit(rows, Options with { Inputs = ["Price"] });
        Assert.HasCount(Horizon, refuses.Forecast(View(ml, rows), Horizon));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => refuses.Forecast(View(ml, rows), Ahead)).Message, "'Price'");
        List<string> warnings = [];
        var log = new MLContext(seed: 1);
        log.Log += (_, line) => { if (line.Kind == ChannelMessageKind.Warning) warnings.Add(line.Message); };
        ForecastingOptions options = Options with { Inputs = ["Price"], MissingValues = MissingValues.Mask };
        using ForecastingTransformer fills = log.Forecasting.Trainers.Sequence(TinyLstm, options).Fit(View(log, rows));
        Assert.IsTrue(fills.Forecast(View(log, rows), Ahead).All(row => double.IsFinite(row.Forecast)));
        Assert.Contains(line => line.Contains("The values of 'Price' are not known for steps 4 to 8", StringComparison.Ordinal), warnings);
    }
}
