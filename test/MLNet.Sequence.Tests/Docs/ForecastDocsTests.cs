using System.Globalization;
using Examples;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Docs;

/// <summary>The examples of the pages on forecasting run.</summary>
[TestClass]
public sealed class ForecastDocsTests
{
    [TestMethod]
    public void The_example_beyond_the_horizon_runs()
    {
        List<Step> steps = TinyForecasting.Steps(60);
        string said = OwnConsole.Printed(() => BeyondExample.Run(
            TinyForecasting.View(new MLContext(seed: 1), steps), [.. steps.Select(step => (double)step.Load)]));
        StringAssert.Contains(said, "12 steps after the last row");
        StringAssert.Contains(said, "nine times in ten at most");
    }

    [TestMethod]
    public void The_example_of_scaling_runs()
    {
        string said = OwnConsole.Printed(() => ScalingExample.Run(TinyForecasting.View(new MLContext(), TinyForecasting.Steps(160))));
        Assert.AreEqual(4, said.Split('\n').Count(line => line.Contains(": MASE ", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void The_example_of_rows_in_any_order_runs()
    {
        List<Step> readings = [.. TinyForecasting.Steps(320), .. TinyForecasting.Steps(80, 2, "b")];
        readings.ForEach(reading => reading.Time = new DateTime(2024, 1, 1).AddMinutes((reading.Time - new DateTime(2020, 1, 1)).TotalHours * 15));
        readings.Reverse();
        StringAssert.Contains(OwnConsole.Printed(() => RowsExample.Run(TinyForecasting.View(new MLContext(seed: 1), readings))), "the last row of 2 series");
    }

    [TestMethod]
    public void The_example_of_DataFrames_runs_on_a_file_with_empty_cells()
    {
        string file = Path.GetTempFileName();
        string Open(int day) => day == 50 ? "" : day % 7 < 6 ? "true" : "false";
        File.WriteAllLines(file, ["day,sold,price,open", .. Enumerable.Range(0, 90).Select(day => string.Create(CultureInfo.InvariantCulture,
            $"{new DateTime(2024, 1, 1).AddDays(day):yyyy-MM-dd},{(day == 40 ? "" : 20 + day % 7)},{1.5 + day % 3},{Open(day)}"))]);
        StringAssert.Contains(OwnConsole.Printed(() => DataFrameExample.Run(file)), "2024-03-31");
        File.Delete(file);
    }

    [TestMethod]
    public void The_example_of_a_time_axis_runs_on_a_file_with_an_empty_cell_and_a_gap()
    {
        string file = Path.GetTempFileName();
        string Cell(Step step, int row) => row == 30 ? "" : step.Load.ToString("F2", CultureInfo.InvariantCulture);
        File.WriteAllLines(file, ["time,load", .. TinyForecasting.Steps(120).Where((_, row) => row is < 50 or > 53)
            .Select((step, row) => string.Create(CultureInfo.InvariantCulture, $"{step.Time:yyyy-MM-dd HH:mm},{Cell(step, row)}"))]);
        StringAssert.StartsWith(OwnConsole.Printed(() => TimeAxisExample.Run(file)), "hours");
        File.Delete(file);
    }

    [TestMethod]
    public void The_example_of_known_inputs_runs()
    {
        var ml = new MLContext(seed: 1);
        ShopDay Day(string shop, int day, int known) => new ShopDay
        {
            Shop = shop,
            Date = new DateTime(2024, 1, 1).AddDays(day),
            Units = day < known ? 20 + 30 * (day % 5 == 0 ? 1 : 0) + day % 7 : float.NaN,
            Promotion = day % 5 == 0 ? 1 : 0,
            Size = shop == "north" ? 30 : 80,
            Kind = shop == "north" ? "corner" : "market",
        };
        IDataView Days(int count, int known) => ml.Data.LoadFromEnumerable(
            new[] { "north", "south" }.SelectMany(shop => Enumerable.Range(0, count).Select(day => Day(shop, day, known))));
        float[] history = [.. Enumerable.Range(0, 14).SelectMany(day => new[] { 20f + day % 7, 0, 30, 0 })];
        string said = OwnConsole.Printed(() => KnownInputExample.Run(Days(60, 60), Days(67, 60), history));
        Assert.HasCount(7, said.Trim().Split(' '));
    }

    [TestMethod]
    public void The_example_of_new_data_runs()
    {
        var ml = new MLContext(seed: 1);
        IDataView Rows(int count) => TinyForecasting.View(ml,
            TinyForecasting.Interleaved(TinyForecasting.Steps(count), TinyForecasting.Steps(count, 2, "b")));
        StringAssert.Contains(OwnConsole.Printed(() => NewDataExample.Run(Rows(80), Rows(110))), "All 3 epochs were run.");
    }

    [TestMethod]
    public void The_example_of_anomalies_finds_the_one_that_is_planted()
    {
        var ml = new MLContext(seed: 1);
        List<Step> steps = TinyForecasting.Steps(840);
        steps[820].Load += 200;
        string said = OwnConsole.Printed(() => AnomalyExample.Run(TinyForecasting.View(ml, steps[..800]), TinyForecasting.View(ml, steps[776..])));
        StringAssert.Contains(said, "row 45: score ");
    }

    [TestMethod]
    public void The_example_of_a_search_runs_and_saves_its_best_forecaster()
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = TinyForecasting.View(ml, TinyForecasting.Steps(160));
        using var folder = new TemporaryFolder();
        StringAssert.Contains(OwnConsole.Printed(() => TuneExample.Run(rows, folder.At("tune.json"), folder.At("model.zip"))), "9 trials; ");
        Assert.HasCount(3, ((ForecastingTransformer)ml.Model.Load(folder.At("model.zip"), out _)).Forecast(rows));
    }

    [TestMethod]
    public void The_example_of_backtests_runs()
    {
        List<Step> steps = TinyForecasting.Interleaved(TinyForecasting.Steps(80), TinyForecasting.Steps(80, seed: 2, series: "b"));
        string said = OwnConsole.Printed(() => BacktestExample.Run(TinyForecasting.View(new MLContext(seed: 1), steps)));
        StringAssert.Contains(said, "fold 5: 2 windows");
        StringAssert.Contains(said, "OWA");
        StringAssert.Contains(said, "(2 series)");
    }

    [TestMethod]
    public void The_example_of_quantiles_runs()
    {
        float[] history = [.. TinyForecasting.Steps(8).Select(step => step.Load)];
        string said = OwnConsole.Printed(() => QuantileExample.Run(TinyForecasting.View(new MLContext(seed: 1), TinyForecasting.Steps(120)), history));
        StringAssert.StartsWith(said, "step 1: ");
    }

    [TestMethod]
    public void The_example_of_distributions_runs()
    {
        double[] history = [.. TinyForecasting.Steps(8).Select(step => (double)step.Load)];
        string said = OwnConsole.Printed(() => DistributionExample.Run(TinyForecasting.View(new MLContext(seed: 1), TinyForecasting.Steps(120)), history));
        StringAssert.StartsWith(said, "mean ");
    }

    [TestMethod]
    public void The_example_of_intervals_runs()
    {
        var ml = new MLContext(seed: 1);
        double[] history = [.. TinyForecasting.Steps(8).Select(step => (double)step.Load)];
        string said = OwnConsole.Printed(() => IntervalExample.Run(
            TinyForecasting.View(ml, TinyForecasting.Steps(120)), TinyForecasting.View(ml, TinyForecasting.Steps(80, 2)), history));
        StringAssert.StartsWith(said, "holds ");
    }

    [TestMethod]
    public void The_example_of_engines_runs()
    {
        using var folder = new TemporaryFolder();
        List<Step> rows = TinyForecasting.Steps(140);
        Reading[] readings = [.. rows[120..129].Select(row => new Reading { Series = row.Series, Time = row.Time, Load = row.Load })];
        IDataView fitted = TinyForecasting.View(new MLContext(seed: 1), rows[..120]);
        string said = OwnConsole.Printed(() => EngineExample.Run(fitted, readings[..8], readings[8], folder.Path));
        Assert.IsTrue(said.Trim().Split(' ').Select(float.Parse).ToArray() is [_, _, _] forecast && forecast.All(float.IsFinite), said);
    }

    [TestMethod]
    public void The_example_of_streams_runs()
    {
        using var folder = new TemporaryFolder();
        List<Step> rows = TinyForecasting.Steps(200);
        Reading[] recent = [.. rows[140..].Select(row => new Reading { Series = row.Series, Time = row.Time, Load = row.Load })];
        string said = OwnConsole.Printed(() => StreamingExample.Run(TinyForecasting.View(new MLContext(seed: 1), rows[..140]), recent, folder.Path));
        StringAssert.Contains(said, "constant time: True, next: ");
        StringAssert.Contains(said, "60 steps");
    }

    [TestMethod]
    public void The_example_of_forecasts_from_all_rows_runs()
    {
        var ml = new MLContext(seed: 1);
        List<Step> rows = TinyForecasting.Steps(300);

        StringAssert.Contains(OwnConsole.Printed(() => ForecastingExample.Run(TinyForecasting.View(ml, rows), TinyForecasting.View(ml, rows[200..]))), "MAE");
    }

    [TestMethod]
    public void The_example_of_sales_runs_and_both_ways_forecast_the_same()
    {
        using var folder = new TemporaryFolder();
        string rows = string.Concat(Enumerable.Range(0, 80).SelectMany(day => new[] { "north", "south" }.Select((shop, level) =>
            FormattableString.Invariant($"{new DateTime(2024, 1, 1).AddDays(day):yyyy-MM-dd},{shop},{50 + 400 * level + 9 * (day % 7)}\n"))));
        File.WriteAllText(folder.At("sales.csv"), "date,shop,units\n" + rows);
        string[] said = OwnConsole.Printed(() => SalesExample.Run(folder.At("sales.csv"), folder.At("sales.sequence"))).Trim().Split('\n');

        Assert.HasCount(3, said);
        Assert.AreEqual(said[0].Trim().Replace("north:", "In Runtime alone:", StringComparison.Ordinal), said[2].Trim());
        Assert.HasCount(14, said[0].Split(','));
        Assert.IsTrue(said[1].Split(':')[1].Split(',')
            .All(units => float.Parse(units, System.Globalization.CultureInfo.InvariantCulture) is > 400 and < 560), said[1]);
    }

    private sealed class ShopDay
    {
        public string Shop { get; set; } = "";

        public DateTime Date { get; set; }

        public float Units { get; set; }

        public float Promotion { get; set; }

        public float Size { get; set; }

        public string Kind { get; set; } = "";
    }
}
