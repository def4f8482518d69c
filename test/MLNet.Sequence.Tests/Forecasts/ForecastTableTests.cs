using System.Globalization;
using Microsoft.Data.Analysis;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Forecasts after the last row, with their dates, as a long table.</summary>
[TestClass]
public sealed class ForecastTableTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static ForecastingOptions Options => TinyForecasting.Options with { TimeColumnName = "Time" };

    [TestMethod]
    [DataRow("2023-01-31,2023-02-28,2023-03-31", "2027-01-31,2027-02-28,2027-03-31")]
    [DataRow("2024-01-04,2024-01-05,2024-01-08", "2024-03-12,2024-03-13,2024-03-14")]
    [DataRow("2024-01-01,2024-04-01,2024-07-01", "2036-01-01,2036-04-01,2036-07-01")]
    [DataRow("2023-12-30 23:00,2023-12-31 00:00,2023-12-31 01:00", "2024-01-01 23:00,2024-01-02 00:00,2024-01-02 01:00")]
    public void Dates_go_on_as_they_began(string begin, string end)
    {
        DateTime[] first = [.. begin.Split(',').Select(Date)];
        Frequency frequency = first[1].Day >= 28 && first[0].Hour == 0 ? Frequency.MonthEnd : first[1].Month == 4 ? Frequency.Quarterly
            : first[0].Hour == 23 ? Frequency.Hourly : Frequency.BusinessDays;
        Step[] steps = [.. TinyForecasting.Steps(48)];
        for (int i = 0; i < steps.Length; i++)
            steps[i].Time = i == 0 ? first[0] : frequency.Next(steps[i - 1].Time)!.Value;
        CollectionAssert.AreEqual(first, steps[..3].Select(step => step.Time).ToArray());
        using ForecastingTransformer model = TinyForecasting.Fit(steps, Options);
        ForecastTable table = model.Forecast(TinyForecasting.View(Ml, steps));
        CollectionAssert.AreEqual(end.Split(',').Select(Date).ToArray(), table.Select(row => row.Time!.Value).ToArray());
        CollectionAssert.AreEqual(new[] { 1, 2, 3 }, table.Select(row => row.Step).ToArray());
        double[] alone = model.Model.Forecast(steps.Select(step => (double)step.Load).ToArray());
        CollectionAssert.AreEqual(alone, table.Select(row => row.Forecast).ToArray());
    }

    [TestMethod]
    public void Series_targets_and_quantiles_are_rows_and_columns_of_a_view_and_of_a_DataFrame()
    {
        List<Step> rows = TinyForecasting.Interleaved(TinyForecasting.Steps(60), TinyForecasting.Steps(50, 2, "b"));
        ForecastingOptions options = Options with
        {
            Targets = ["Load", "Price"],
            SeriesColumnName = "Series",
            Output = ForecastOutput.Quantiles(0.1, 0.5, 0.9),
        };
        using ForecastingTransformer model = TinyForecasting.Fit(rows, options);
        ForecastTable table = model.Forecast(TinyForecasting.View(Ml, rows));
        Assert.HasCount(2 * TinyForecasting.Horizon * 2, table);
        double[] alone = model.Model.Forecast([.. rows.Where(row => row.Series == "b").SelectMany(row => new double[] { row.Load, row.Price })], "b");
        // Of the second step of b: prices of the three levels.
        ForecastRow price = table.Single(row => row is { Series: "b", Step: 2, Target: "Price" });
        CollectionAssert.AreEqual(new[] { alone[7], alone[9], alone[11] }, price.Quantiles.ToArray());
        Assert.AreEqual((alone[9], alone[7], alone[11]), (price.Forecast, price.Lower, price.Upper));
        Assert.AreEqual(new DateTime(2020, 1, 3, 3, 0, 0), price.Time);

        IDataView view = table.ToDataView();
        CollectionAssert.AreEqual(new[] { "Series", "Time", "Step", "Target", "Forecast", "Lower", "Upper", "q0.1", "q0.5", "q0.9" },
            view.Schema.Select(column => column.Name).ToArray());
        CollectionAssert.AreEqual(table.Select(row => row.Time!.Value).ToArray(), view.GetColumn<DateTime>("Time").ToArray());
        DataFrame frame = view.ToDataFrame(-1);
        Assert.AreEqual(12, frame.Rows.Count);
        Assert.AreEqual(price.Forecast, frame["Forecast"][9]);
        Assert.AreEqual("Price", frame["Target"][9]!.ToString());
        // A DataFrame is a view of rows, too.
        CollectionAssert.AreEqual(table.Select(row => row.Forecast).ToArray(), model.Forecast(TinyForecasting.View(Ml, rows).ToDataFrame(-1))
            .Select(row => row.Forecast).ToArray());
    }

    [TestMethod]
    public void A_plan_is_in_the_rows_after_the_last_target_or_in_other_rows()
    {
        Step[] all = [.. TinyForecasting.Steps(63)], history = all[..60];
        using ForecastingTransformer model = TinyForecasting.Fit(history, Options with { KnownInputs = ["Price"] });
        double[] expected = model.Model.Forecast([.. history.SelectMany(step => new double[] { step.Load, step.Price })],
            all[60..].Select(step => (double)step.Price).ToArray());
        ForecastTable given = model.Forecast(TinyForecasting.View(Ml, history), TinyForecasting.View(Ml, all[55..]));
        foreach (Step planned in all[60..])
            planned.Load = float.NaN;
        foreach (ForecastTable table in new[] { model.Forecast(TinyForecasting.View(Ml, all)), given })
        {
            CollectionAssert.AreEqual(expected, table.Select(row => row.Forecast).ToArray());
            CollectionAssert.AreEqual(all[60..].Select(step => step.Time).ToArray(), table.Select(row => row.Time!.Value).ToArray());
        }

        string Message(Func<object> forecast) => Assert.ThrowsExactly<InvalidOperationException>(forecast).Message;
        StringAssert.Contains(Message(() => model.Forecast(TinyForecasting.View(Ml, all[..62]))), "2 of the 3 steps ahead of the known inputs (Price)");
        StringAssert.Contains(Message(() => model.Forecast(TinyForecasting.View(Ml, history), TinyForecasting.View(Ml, all[61..]))),
            "begin at 2020-01-03 13:00; expected 2020-01-03 12:00");
        StringAssert.Contains(Message(() => model.Forecast(TinyForecasting.View(Ml, all[55..]))), "needs 8 rows of a series (Context): the series has 5 rows");
    }

    [TestMethod]
    public void The_page_draws_a_fan_between_the_quantiles_of_each_series_and_the_text_has_the_rows()
    {
        List<Step> rows = [.. TinyForecasting.Steps(60), .. TinyForecasting.Steps(50, 2, "b")];
        ForecastingOptions options = Options with { SeriesColumnName = "Series", Output = ForecastOutput.Quantiles(0.1, 0.25, 0.5, 0.75, 0.9) };
        using ForecastingTransformer model = TinyForecasting.Fit(rows, options);
        ForecastTable table = model.Forecast(TinyForecasting.View(Ml, rows));
        string[] charts = [.. table.ToHtml().Split("<svg").Skip(1)];
        Assert.HasCount(2, charts);
        foreach (string chart in charts)
        {
            StringAssert.Contains(chart, "<title>0.1 to 0.9</title>");
            StringAssert.Contains(chart, "<title>0.25 to 0.75</title>");
            // From the last known value over the three steps and back.
            Assert.HasCount(8, chart.Split("<polygon points=\"")[1].Split('"')[0].Split(' '));
        }

        string[] lines = table.ToString().Split(Environment.NewLine);
        Assert.AreEqual("3 steps after the last row of 2 series, of Load.", lines[0]);
        Assert.HasCount(1 + 1 + 6, lines);
        CollectionAssert.AreEqual(table.ToDataView().Schema.Select(column => column.Name).ToArray(),
            table.ToDataFrame().Columns.Select(column => column.Name).ToArray());
        // Of points there is no fan.
        using ForecastingTransformer points = TinyForecasting.Fit(rows, options with { Output = ForecastOutput.Point });
        Assert.DoesNotContain("<polygon", points.Forecast(TinyForecasting.View(Ml, rows)).ToHtml());
    }

    [TestMethod]
    public void Without_a_frequency_there_are_steps_without_dates()
    {
        using ForecastingTransformer model = TinyForecasting.Fit(TinyForecasting.Steps(60));
        ForecastTable table = model.Forecast(TinyForecasting.View(Ml, TinyForecasting.Steps(60)));
        Assert.IsTrue(table.All(row => row.Time is null && row.Number is null));
        CollectionAssert.AreEqual(new[] { "Step", "Target", "Forecast" }, table.ToDataView().Schema.Select(column => column.Name).ToArray());
        Assert.Throws<ArgumentException>(() => model.Forecast(TinyForecasting.View(Ml, TinyForecasting.Steps(60)), TinyForecasting.View(Ml, [])));
    }

    [TestMethod]
    public void A_row_is_written_alike_in_every_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," }, DateTimeFormat = { TimeSeparator = "." } };
            var row = new ForecastRow("a", 2, "load", 1.5) { Time = new DateTime(2024, 2, 1, 13, 5, 0), Lower = 0.25, Upper = 2.75 };
            Assert.AreEqual("a 2024-02-01 13:05 load +2: 1.5 (0.25 to 2.75)", row.ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [TestMethod]
    public void Months_on_the_30th_stay_on_the_30th_if_Monthly_is_given()
    {
        Step[] steps = [.. TinyForecasting.Steps(48)];
        DateTime Day(int month) => new DateTime(2020, 1, 1).AddMonths(month) is var first
            ? first.AddDays(Math.Min(30, DateTime.DaysInMonth(first.Year, first.Month)) - 1) : default;
        for (int i = 0; i < 48; i++)
            steps[i].Time = Day(i + 2);
        using ForecastingTransformer model = TinyForecasting.Fit(steps, Options with { Frequency = Frequency.Monthly });
        Assert.AreEqual("months, on day 30", ((Forecasting)model.Model.Task).Frequency!.ToString());
        // 30 January, 29 February and 30 March 2024: the row before them is 30 December.
        ForecastTable table = model.Forecast(TinyForecasting.View(Ml, steps[..^2]));
        CollectionAssert.AreEqual(new[] { Day(48), Day(49), Day(50) }, table.Select(row => row.Time!.Value).ToArray());
    }

    private static DateTime Date(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture);
}
