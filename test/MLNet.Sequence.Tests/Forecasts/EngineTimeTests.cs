using Microsoft.ML;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>The times of an engine's rows: what is refused leaves nothing behind, and what is forgotten begins anew.</summary>
[TestClass]
public sealed class EngineTimeTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static ForecastingOptions Options => TinyForecasting.Options with { TimeColumnName = "Time" };

    [TestMethod]
    public void A_refused_row_leaves_no_time_behind()
    {
        List<Step> rows = TinyForecasting.Steps(60);
        using ForecastingTransformer model = TinyForecasting.Fit(rows, Options);
        using var engine = Ml.Forecasting.CreateEngine<Step, Forecasted>(model);
        engine.Update(rows[..10]);
        string Refused(Step row) => Assert.ThrowsExactly<InvalidOperationException>(() => engine.Predict(row)).Message;
        StringAssert.Contains(Refused(rows[12]), "2 steps are missing between 2020-01-01 09:00 and 2020-01-01 12:00");
        // The row after the refused one is no step either: it still does not follow.
        StringAssert.Contains(Refused(rows[13]), "3 steps are missing");
        engine.Update(rows[10..12]);
        StringAssert.Contains(Refused(rows[10]), "must ascend");
        StringAssert.Contains(Refused(rows[11]), "must ascend");
        engine.Update(rows[12..59]);
        Assert.AreEqual(TinyForecasting.Column(model.Transform(TinyForecasting.View(Ml, rows)))[59][0], engine.Predict(rows[59]).Forecast[0], 1e-3f);
    }

    [TestMethod]
    public void A_forgotten_series_begins_anew_at_any_time()
    {
        List<Step> rows = TinyForecasting.Steps(60);
        using ForecastingTransformer model = TinyForecasting.Fit(rows, TinyForecasting.SeriesOptions);
        using var engine = Ml.Forecasting.CreateEngine<Step, Forecasted>(model);
        float[][] first = [.. rows[..20].Select(row => engine.Predict(row).Forecast)];
        engine.Update(rows[20..40]);
        Assert.IsTrue(engine.Session.Knows("a"));
        Assert.IsTrue(engine.Session.Forget("a"));
        Assert.IsFalse(engine.Session.Knows("a"));
        float[][] again = [.. rows[..20].Select(row => engine.Predict(row).Forecast)];
        CollectionAssert.AreEqual(TinyForecasting.Bits(first), TinyForecasting.Bits(again));
        // And after a gap, which in a known series is refused.
        engine.Session.Forget("a");
        engine.Update(rows[50..]);
    }

    // A service that was down for some hours.
    [TestMethod]
    [DataRow(MissingValues.Error)]
    [DataRow(MissingValues.Forward)]
    public void A_gap_between_two_engines_is_seen_in_the_saved_states(MissingValues handling)
    {
        List<Step> rows = TinyForecasting.Steps(60);
        using ForecastingTransformer model = TinyForecasting.Fit(rows, TinyForecasting.SeriesOptions with { MissingValues = handling });
        using var folder = new TemporaryFolder();
        using (var first = Ml.Forecasting.CreateEngine<Step, Forecasted>(model))
        {
            first.Update(rows[..30]);
            first.CheckPoint(folder.At("states.bin"));
        }

        using var second = Ml.Forecasting.CreateEngine<Step, Forecasted>(model, folder.At("states.bin"));
        if (handling == MissingValues.Error)
        {
            StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => second.Predict(rows[33])).Message,
                "3 steps are missing between 2020-01-02 05:00 and 2020-01-02 09:00");
            Assert.ThrowsExactly<InvalidOperationException>(() => second.Predict(rows[29]));
            Assert.IsTrue(second.Predict(rows[30]).Forecast.All(float.IsFinite));
            return;
        }

        Step[] lost = [.. rows.Where((_, i) => i is < 30 or >= 33)];
        float[][] together = TinyForecasting.Column(model.Transform(TinyForecasting.View(Ml, lost)));
        TinyForecasting.AssertNear(together[30..], [.. lost[30..].Select(row => second.Predict(row).Forecast)], 1e-4);
    }

    [TestMethod]
    public void A_gap_in_the_rows_ahead_is_refused_even_if_gaps_of_the_past_are_filled()
    {
        List<Step> rows = TinyForecasting.Steps(60);
        using ForecastingTransformer model = TinyForecasting.Fit(rows, Options with { KnownInputs = ["Price"], MissingValues = MissingValues.Forward });
        using var engine = Ml.Forecasting.CreateEngine<Step, Forecasted>(model);
        engine.Update(rows[..20]);
        string Refused(params Step[] ahead) => Assert.ThrowsExactly<InvalidOperationException>(() => engine.Predict(rows[20], ahead)).Message;
        StringAssert.Contains(Refused(rows[21], rows[22], rows[24]), "Row 3 of the steps ahead");
        StringAssert.Contains(Refused(rows[22], rows[23], rows[24]), "Row 1 of the steps ahead");
        Assert.IsTrue(engine.Predict(rows[20], rows[21..24]).Forecast.All(float.IsFinite));
    }

    [TestMethod]
    public void Rows_ahead_keep_the_calendar_of_their_own_times()
    {
        DateTime[] holidays = [new(2024, 4, 1), new(2024, 5, 1), new(2024, 6, 19)];
        DateTime[] days = [.. Enumerable.Range(0, 180).Select(i => new DateTime(2024, 1, 1).AddDays(i))
            .Where(day => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !holidays.Contains(day))];
        List<Step> rows = TinyForecasting.Steps(days.Length);
        foreach ((int i, Step row) in rows.Index())
            row.Time = days[i];
        using ForecastingTransformer model = TinyForecasting.Fit(rows, Options with
        {
            KnownInputs = ["Price"],
            Calendar = new CalendarInputs { Parts = CalendarParts.Weekday | CalendarParts.MonthDay },
        });
        Assert.AreEqual("business days", ((Forecasting)model.Model.Task).Frequency!.ToString());
        float[][] together = TinyForecasting.Column(model.Transform(TinyForecasting.View(Ml, rows)));
        using var engine = Ml.Forecasting.CreateEngine<Step, Forecasted>(model);
        float[][] single = [.. Enumerable.Range(0, rows.Count - 3).Select(i => engine.Predict(rows[i], rows[(i + 1)..(i + 4)]).Forecast)];
        TinyForecasting.AssertNear(together[..^3], single, 1e-4);
    }

    [TestMethod]
    public void Rows_of_a_plan_are_no_targets_of_zero()
    {
        Step[] all = [.. TinyForecasting.Steps(63)], history = all[..60];
        using ForecastingTransformer model = TinyForecasting.Fit(history, Options with { KnownInputs = ["Price"], MissingValues = MissingValues.Zero });
        double[] expected = [.. model.Forecast(TinyForecasting.View(Ml, history), TinyForecasting.View(Ml, all[60..])).Select(row => row.Forecast)];
        foreach (Step planned in all[60..])
            planned.Load = float.NaN;
        ForecastTable table = model.Forecast(TinyForecasting.View(Ml, all));
        Assert.AreEqual(all[60].Time, table[0].Time);
        CollectionAssert.AreEqual(expected, table.Select(row => row.Forecast).ToArray());
    }

    private sealed class Forecasted
    {
        public float[] Forecast { get; set; } = [];
    }
}
