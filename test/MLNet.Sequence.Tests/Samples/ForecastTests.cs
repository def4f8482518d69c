using System.Globalization;
using System.Text.Json;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Tests.Forecasts;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>forecast: the steps after the last row, from a new or a saved model.</summary>
[TestClass]
public sealed class ForecastTests
{
    [TestMethod]
    public void Each_series_continues_after_its_own_last_row()
    {
        using var run = new SampleRun();
        IEnumerable<string> rows = Enumerable.Range(0, 60).SelectMany(month =>
        {
            string date = new DateTime(2015, 1, 31).AddMonths(month).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            string end = EndOfMonth(date);
            return month < 50 ? new[] { $"{end},\"a,b\",{month % 12}", $"{end},c,{100 + month % 12}" } : [$"{end},\"a,b\",{month % 12}"];
        });
        string data = run.Write("data.csv", "month,site,sales\n" + string.Join("\n", rows));
        int code = run.Run("forecast", "--data", data, "--time", "month", "--series", "site", "--context", "12", "--horizon", "3", "--architecture",
            "lstm", "--epochs", "1", "--json", run.Path("forecasts.json"));
        Assert.AreEqual(0, code, run.Error);

        var table = CsvTable.Read(run.Path("out/forecasts.csv"));
        CollectionAssert.AreEqual(new[] { "site", "month", "sales" }, table.Names.All.ToArray());
        CollectionAssert.AreEqual(new[] { "a,b", "a,b", "a,b", "c", "c", "c" }, table.Cells[0]);
        CollectionAssert.AreEqual(new[] { "2020-01-31", "2020-02-29", "2020-03-31", "2019-03-31", "2019-04-30", "2019-05-31" }, table.Cells[1]);
        double[] sales = NumberColumn.Read(table, 2);
        Assert.IsTrue(sales[..3].All(value => value is > -30 and < 40) && sales[3..].All(value => value is > 70 and < 140), string.Join(", ", sales));

        using var json = JsonDocument.Parse(File.ReadAllText(run.Path("forecasts.json")));
        JsonElement[] steps = [.. json.RootElement.GetProperty("forecasts").EnumerateArray()];
        CollectionAssert.AreEqual(table.Cells[0], steps.Select(step => step.GetProperty("series").GetString()).ToArray());
        CollectionAssert.AreEqual(table.Cells[1], steps.Select(step => step.GetProperty("time").GetString()).ToArray());
        foreach ((JsonElement step, double value) in steps.Zip(sales))
            Assert.AreEqual(value, step.GetProperty("forecast").GetDouble(), 1e-4);
    }

    [TestMethod]
    public void A_model_that_compare_saved_forecasts_without_training()
    {
        using var run = new SampleRun();
        string data = run.WriteHours("data.csv", 60);
        Assert.AreEqual(0, run.Run("--data", data, "--targets", "b,a", "--context", "8", "--horizon", "3", "--epochs", "1", "--architectures", "tcn"),
            run.Error);
        Assert.AreEqual(0, run.Run("forecast", "--data", data, "--model", run.Path("out/tcn.zip")), run.Error);
        Assert.DoesNotContain("epoch", run.Output);
        run.MustRefuse(["forecast", "--data", data, "--model", run.Path("out/tcn.zip"), "--epochs", "3", "--seed", "2", "--context", "9"],
            "and is not trained: leave out --context, --epochs, --seed.");

        string[] lines = File.ReadAllLines(run.Path("out/forecasts.csv"));
        Assert.HasCount(4, lines);
        Assert.AreEqual("date,b,a", lines[0]);
        Assert.IsTrue(lines[1].StartsWith("2020-01-03 12:00:00,", StringComparison.Ordinal), lines[1]);
        Assert.IsTrue(lines[3].StartsWith("2020-01-03 14:00:00,", StringComparison.Ordinal), lines[3]);

        // Beyond the horizon the file goes on.
        Assert.AreEqual(0, run.Run("forecast", "--data", data, "--model", run.Path("out/tcn.zip"), "--steps", "7"), run.Error);
        string[] longer = File.ReadAllLines(run.Path("out/forecasts.csv"));
        CollectionAssert.AreEqual(lines, longer[..4]);
        Assert.HasCount(8, longer);
        Assert.IsTrue(longer[7].StartsWith("2020-01-03 18:00:00,", StringComparison.Ordinal), longer[7]);
        StringAssert.Contains(run.Output, "7 steps of 1 series");
        run.MustRefuse(["forecast", "--data", data, "--model", run.Path("out/tcn.zip"), "--paths", "50"], "--paths draws from a model of distributions");
    }

    [TestMethod]
    public void Empty_cells_and_missing_hours_are_filled_if_the_user_says_how()
    {
        using var run = new SampleRun();
        List<Step> steps = TinyForecasting.Steps(60);
        Step[] rows = [.. steps.Where((_, i) => i is not (20 or 21))];
        string Line(Step row) => $"{row.Time:yyyy-MM-dd HH:mm},{(row == steps[30] ? "" : row.Load.ToString(CultureInfo.InvariantCulture))}";
        string data = run.Write("data.csv", "time,Load\n" + string.Join("\n", rows.Select(Line)));
        string[] args = ["forecast", "--data", data, "--context", "8", "--horizon", "3", "--architecture", "linear", "--epochs", "1"];
        run.MustRefuse(args, "the cell is empty");
        Assert.AreEqual(0, run.Run([.. args, "--missing", "interpolate"]), run.Error);
        StringAssert.Contains(run.Output + run.Error, "2 steps are missing in one place between");
        StringAssert.Contains(run.Output + run.Error, "they are filled");
        Assert.DoesNotContain("NaN", File.ReadAllText(run.Path("out/forecasts.csv")));
        run.MustRefuse([.. args, "--missing", "guess"], "--missing 'guess' must be one of ", "interpolate");
        // Before anything is trained.
        run.MustRefuse([.. args, "--missing", "interpolate", "--paths", "5"], "--paths draws from a model of distributions");
        Assert.DoesNotContain("epoch", run.Output);
    }

    [TestMethod]
    public void A_column_whose_name_has_a_comma_is_named_in_quotes()
    {
        using var run = new SampleRun();
        string data = run.Write("data.csv", "\"sales, \"\"net\"\"\",b\n" + string.Join("\n", Enumerable.Range(0, 40).Select(i => $"{i % 7},{i % 5}")));
        Assert.AreEqual(0, run.Run("forecast", "--data", data, "--targets", " b , \"sales, \"\"net\"\"\"", "--context", "8", "--horizon", "3", "--architecture",
            "linear", "--epochs", "1"), run.Error);
        Assert.AreEqual("step,b,\"sales, \"\"net\"\"\"", File.ReadLines(run.Path("out/forecasts.csv")).First());
    }

    [TestMethod]
    public void The_bounds_of_sample_paths_are_written()
    {
        using var run = new SampleRun();
        List<Step> rows = TinyForecasting.Steps(40);
        using ForecastingTransformer model = TinyForecasting.Fit(rows, TinyForecasting.Options with { Output = ForecastOutput.Gaussian });
        model.Model.Save(run.Path("gaussian.zip"));
        string data = run.Write("data.csv", "Load\n" + string.Join("\n", rows.Select(row => row.Load.ToString(CultureInfo.InvariantCulture))));
        Assert.AreEqual(0, run.Run("forecast", "--data", data, "--model", run.Path("gaussian.zip"), "--steps", "6", "--paths", "60", "--json",
            run.Path("forecasts.json")), run.Error);
        var table = CsvTable.Read(run.Path("out/forecasts.csv"));
        CollectionAssert.AreEqual(new[] { "step", "Load", "Load lower", "Load upper" }, table.Names.All.ToArray());
        ForecastTable expected = model.Forecast(TinyForecasting.View(new(), rows), 6, paths: new SamplePaths(60));
        Close.AssertEqual([.. expected.Select(row => row.Upper!.Value)], NumberColumn.Read(table, 3), 1e-5, "upper bounds");
        using var json = JsonDocument.Parse(File.ReadAllText(run.Path("forecasts.json")));
        Assert.AreEqual(expected[5].Lower!.Value, json.RootElement.GetProperty("forecasts")[5].GetProperty("lower").GetDouble(), 1e-5);
    }

    [TestMethod]
    public void A_model_that_carries_its_state_forecasts_from_all_rows_of_the_file()
    {
        using var run = new SampleRun();
        List<Step> rows = TinyForecasting.Steps(40);
        ForecastingOptions options = TinyForecasting.Options with { CarriesState = true, Normalization = WindowNormalization.None };
        using ForecastingTransformer model = TinyForecasting.Fit(rows, options);
        model.Model.Save(run.Path("carried.zip"));
        string data = run.Write("data.csv", "Load\n" + string.Join("\n", rows.Select(row => row.Load.ToString(CultureInfo.InvariantCulture))));
        Assert.AreEqual(0, run.Run("forecast", "--data", data, "--model", run.Path("carried.zip")), run.Error);

        float[] history = [.. rows.Select(row => row.Load)], whole = model.Model.Forecast(history),
            last = model.Model.Forecast(history.AsSpan(history.Length - TinyForecasting.Context));
        double[] said = NumberColumn.Read(CsvTable.Read(run.Path("out/forecasts.csv")), 1);
        Close.AssertEqual(Close.Doubles(whole), said, 1e-5, "forecasts");
        Assert.AreNotEqual(last[0], whole[0], 1e-3f);
    }

    [TestMethod]
    public void A_state_is_carried_by_a_recurrent_model_and_by_no_other()
    {
        using var run = new SampleRun();
        string data = run.WriteHours("data.csv", 60);
        string[] args = ["forecast", "--data", data, "--context", "8", "--horizon", "3", "--epochs", "1", "--carries-state"];
        Assert.AreEqual(0, run.Run([.. args, "--architecture", "lstm", "--quick"]), run.Error);
        Assert.HasCount(4, File.ReadAllLines(run.Path("out/forecasts.csv")));

        run.MustRefuse(args, "CarriesState needs an architecture whose only memory is a recurrent state", "found Tcn");
        Assert.DoesNotContain("epoch", run.Output);
        run.MustRefuse([.. args, "--architecture", "lstm", "--stride", "2"], "leave out --stride");
    }

    [TestMethod]
    public void Without_a_time_column_steps_are_counted()
    {
        using var run = new SampleRun();
        string data = run.Write("data.csv", "a\n" + string.Join("\n", Enumerable.Range(0, 40)));
        Assert.AreEqual(0, run.Run("forecast", "--data", data, "--context", "8", "--horizon", "2", "--epochs", "1"), run.Error);
        string[] lines = File.ReadAllLines(run.Path("out/forecasts.csv"));
        Assert.AreEqual("step,a", lines[0]);
        Assert.IsTrue(lines[2].StartsWith("2,", StringComparison.Ordinal), lines[2]);
    }

    [TestMethod]
    [DataRow("1234567890", "0", DisplayName = "a counter")]
    [DataRow("1000000000.25", "0.000")]
    [DataRow("12.5", "0.00000", DisplayName = "seven digits at least")]
    public void Forecasts_are_written_with_the_digits_of_the_file(string level, string form)
    {
        using var run = new SampleRun();
        decimal first = decimal.Parse(level, CultureInfo.InvariantCulture);
        string data = run.Write("data.csv", "meter,b\n" + string.Join(
            "\n", Enumerable.Range(0, 40).Select(step => FormattableString.Invariant($"{first + step * (first % 1 == 0.25m ? 0.125m : 1)},1"))));
        Assert.AreEqual(0, run.Run("forecast", "--data", data, "--targets", "meter", "--context", "8", "--horizon", "2", "--architecture", "linear",
            "--epochs", "1"), run.Error);
        foreach (string cell in CsvTable.Read(run.Path("out/forecasts.csv")).Cells[1])
            Assert.AreEqual(decimal.Parse(cell, CultureInfo.InvariantCulture).ToString(form, CultureInfo.InvariantCulture), cell);
    }

    [TestMethod]
    public void A_counter_of_ten_digits_keeps_its_small_steps()
    {
        using var run = new SampleRun();
        string data = run.Write("data.csv", "date,meter\n" + string.Join("\n", Enumerable.Range(0, 80)
            .Select(hour => FormattableString.Invariant($"{new DateTime(2024, 1, 1).AddHours(hour):yyyy-MM-dd HH:mm},{1_234_567_890L + 3 * hour}"))));
        string[] window = ["--data", data, "--context", "8", "--horizon", "2", "--epochs", "1"];
        Assert.AreEqual(0, run.Run(["forecast", .. window, "--architecture", "linear"]), run.Error);
        double[] forecasts = NumberColumn.Read(CsvTable.Read(run.Path("out/forecasts.csv")), 1);
        Assert.IsTrue(forecasts.All(value => Math.Abs(value - 1_234_568_130) < 60 && value % 64 != 0), string.Join(", ", forecasts));
        Assert.AreEqual(0, run.Run(["compare", .. window, "--architectures", "linear", "--seeds", "1", "--json", run.Path("results.json")]), run.Error);
        using var results = JsonDocument.Parse(File.ReadAllText(run.Path("results.json")));
        // The next two values are 3 and 6 larger than the last one.
        Assert.AreEqual((9 + 36) / 2.0, results.RootElement.GetProperty("baselines").GetProperty("naive").GetProperty("mse").GetDouble(), 1e-9);
    }

    [TestMethod]
    public void Dates_continue_by_their_calendar()
    {
        using var run = new SampleRun();
        IEnumerable<DateTime> days = Enumerable.Range(0, 60).Select(day => new DateTime(2024, 1, 1).AddDays(day))
            .Where(day => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday));
        string data = run.Write("data.csv", "Date;close\n" + string.Join("\n", days.Reverse().Select(day => $"{day:dd/MM/yyyy};{day.Day},5")));
        Assert.AreEqual(0, run.Run("forecast", "--data", data, "--context", "12", "--horizon", "3", "--architecture", "linear", "--epochs", "1"), run.Error);
        CollectionAssert.AreEqual(new[] { "01/03/2024", "04/03/2024", "05/03/2024" }, CsvTable.Read(run.Path("out/forecasts.csv")).Cells[0]);
        Assert.Contains("note: numbers have a decimal comma", run.Output);
        Assert.Contains("note: the newest row is the first", run.Output);
        Assert.Contains("note: time: dd/MM/yyyy, business days", run.Output);
    }

    private static string EndOfMonth(string date)
    {
        var month = DateTime.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new DateTime(month.Year, month.Month, DateTime.DaysInMonth(month.Year, month.Month)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }
}
