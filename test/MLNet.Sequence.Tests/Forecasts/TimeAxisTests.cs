using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>The frequency of rows is found, kept in the model, and held in training and scoring.</summary>
[TestClass]
public sealed class TimeAxisTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static ForecastingOptions Options => TinyForecasting.Options with { TimeColumnName = "Time" };

    [TestMethod]
    public void The_frequency_is_found_saved_and_may_be_given()
    {
        using ForecastingTransformer model = TinyForecasting.Fit(TinyForecasting.Steps(60), Options);
        Assert.AreEqual(Frequency.Hourly, Reloaded(model).Frequency);
        Frequency[] all =
        [
            Frequency.BusinessDays, Frequency.MonthEnd, Frequency.Every(TimeSpan.FromMinutes(7)), Frequency.Every(0.25), Frequency.Irregular,
            Frequency.Quarterly,
        ];
        foreach (Frequency given in all)
        {
            using ForecastingTransformer same = new(Ml, With(model, given));
            Assert.AreEqual(given, Reloaded(same).Frequency);
        }

        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => TinyForecasting.Fit(
            TinyForecasting.Steps(60), TinyForecasting.Options with { Frequency = Frequency.Daily })).Message, "TimeColumnName");
    }

    [TestMethod]
    public void A_gap_is_refused_with_its_first_place_in_training_and_in_scoring()
    {
        Step[] gap = [.. TinyForecasting.Steps(100).Where((_, i) => i is < 30 or >= 61)];
        const string place = "in row 31, 31 steps are missing between 2020-01-02 05:00 and 2020-01-03 13:00; the frequency is hours";
        string training = Assert.ThrowsExactly<InvalidOperationException>(() => TinyForecasting.Fit(gap, Options)).Message;
        StringAssert.Contains(training, place);
        StringAssert.Contains(training, "MissingValues (Interpolate, Forward, Mask or Zero)");
        using ForecastingTransformer model = TinyForecasting.Fit(TinyForecasting.Steps(60), Options);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Scored(model, gap)).Message, place);
        // Rows are steps, whatever time lies between them.
        using ForecastingTransformer irregular = TinyForecasting.Fit(gap, Options with { Frequency = Frequency.Irregular });
        Assert.HasCount(69, Scored(irregular, gap));
    }

    [TestMethod]
    public void An_hourly_model_refuses_daily_rows_even_if_it_fills_gaps()
    {
        Step[] daily = [.. TinyForecasting.Steps(60).Select((step, i) => new Step { Time = new DateTime(2024, 1, 1).AddDays(i), Load = step.Load })];
        foreach (MissingValues handling in new[] { MissingValues.Error, MissingValues.Forward })
        {
            using ForecastingTransformer model = TinyForecasting.Fit(TinyForecasting.Steps(60), Options with { MissingValues = handling });
            StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Scored(model, daily)).Message, "frequency days, not hours");
        }
    }

    [TestMethod]
    public void A_time_between_two_steps_is_refused()
    {
        List<Step> steps = TinyForecasting.Steps(60);
        steps[20].Time += TimeSpan.FromMinutes(10);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => TinyForecasting.Fit(steps, Options with { Frequency = Frequency.Hourly }))
            .Message, "in row 21, 2020-01-01 20:10 lies on no step after 2020-01-01 19:00");
    }

    [TestMethod]
    public void Holidays_of_business_days_are_left_out_unless_missing_values_are_filled()
    {
        Step[] days = [.. Enumerable.Range(0, 140).Select(i => new DateTime(2024, 1, 1).AddDays(i))
            .Where(day => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && day != new DateTime(2024, 3, 29))
            .Zip(TinyForecasting.Steps(100), (day, step) => new Step { Time = day, Load = step.Load })];
        using ForecastingTransformer neighbours = TinyForecasting.Fit(days, Options);
        Assert.AreEqual(Frequency.BusinessDays, ((Forecasting)neighbours.Model.Task).Frequency);
        using ForecastingTransformer filled = TinyForecasting.Fit(days, Options with { MissingValues = MissingValues.Interpolate });
        CollectionAssert.AreNotEqual(TinyForecasting.Bits(neighbours.Model), TinyForecasting.Bits(filled.Model));
    }

    [TestMethod]
    public void Hours_go_on_over_the_change_to_summer_time_if_times_have_offsets()
    {
        DateTimeOffset start = new(2024, 3, 30, 0, 0, 0, TimeSpan.FromHours(1));
        Zoned[] hours = [.. TinyForecasting.Steps(60).Select((step, i) => new Zoned { Load = step.Load, Time = Local(start.AddHours(i)) })];
        using ForecastingTransformer model = Ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, Options).Fit(Ml.Data.LoadFromEnumerable(hours));
        Assert.AreEqual(Frequency.Hourly, ((Forecasting)model.Model.Task).Frequency);
        // Days by the clock: one of them has 23 hours.
        Zoned[] days = [.. TinyForecasting.Steps(60).Select((step, i) => new Zoned { Load = step.Load, Time = Local(new DateTimeOffset(
            new DateTime(2024, 3, 1).AddDays(i), TimeSpan.FromHours(i < 31 ? 1 : 2))) })];
        using ForecastingTransformer daily = Ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, Options).Fit(Ml.Data.LoadFromEnumerable(days));
        Assert.AreEqual(Frequency.Daily, ((Forecasting)daily.Model.Task).Frequency);
        // Without offsets an hour is missing, and the message says why.
        Step[] clocks = [.. hours.Select(hour => new Step { Time = hour.Time.DateTime, Load = hour.Load })];
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => TinyForecasting.Fit(clocks, Options)).Message, "summer time");
    }

    [TestMethod]
    public void Text_in_ISO_form_has_a_frequency_and_other_text_is_told_to_be_loaded_as_dates()
    {
        var log = new List<string>();
        var ml = new MLContext(seed: 1);
        ml.Log += (_, message) => log.Add(message.Message);
        Frequency? Of(string form)
        {
            Texts[] rows = [.. TinyForecasting.Steps(60).Select((step, i) => new Texts
            {
                Load = step.Load, Time = new DateTime(2024, 1, 1).AddDays(i).ToString(form, System.Globalization.CultureInfo.InvariantCulture),
            })];
            using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, Options).Fit(ml.Data.LoadFromEnumerable(rows));
            return ((Forecasting)model.Model.Task).Frequency;
        }

        Assert.AreEqual(Frequency.Daily, Of("yyyy-MM-dd"));
        Assert.AreEqual(Frequency.Daily, Of("yyyy-MM-dd'T'HH:mm:ss'Z'"));
        Assert.IsFalse(log.Any(message => message.Contains("DateTime", StringComparison.Ordinal)));
        Assert.IsNull(Of("yyyy'y'MM'm'dd"));
        Assert.IsTrue(log.Any(message => message.Contains("Load the column as DateTime", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Times_without_a_rule_are_told_and_their_forecasts_have_no_dates()
    {
        var log = new List<string>();
        var ml = new MLContext(seed: 1);
        ml.Log += (_, message) => log.Add(message.Message);
        var random = new Random(2);
        List<Step> steps = TinyForecasting.Steps(60);
        for (int i = 1; i < 60; i++)
            steps[i].Time = steps[i - 1].Time.AddMinutes(1 + random.Next(500));
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, Options).Fit(TinyForecasting.View(ml, steps));
        Assert.HasCount(1, log.Where(message => message.Contains("The times in 'Time' follow no rule", StringComparison.Ordinal)).ToArray());
        Assert.IsTrue(model.Forecast(TinyForecasting.View(ml, steps)).All(row => row.Time is null && double.IsFinite(row.Forecast)));
    }

    [TestMethod]
    public void Numbers_have_a_frequency_too()
    {
        Numbers[] months = [.. TinyForecasting.Steps(60).Select((step, i) => new Numbers { Load = step.Load, Time = Math.Round(1949 + i / 12.0, 3) })];
        using ForecastingTransformer model = Ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, Options).Fit(Ml.Data.LoadFromEnumerable(months));
        StringAssert.StartsWith(((Forecasting)model.Model.Task).Frequency!.ToString(), "steps of 0.0833");
        Numbers[] gap = [.. months.Where((_, i) => i != 20)];
        IDataView scored = model.Transform(Ml.Data.LoadFromEnumerable(gap));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => TinyForecasting.Column(scored)).Message,
            "one step is missing between 1950.583 and 1950.75");
    }

    [TestMethod]
    public void Mixed_series_are_told_with_the_columns_that_tell_them_apart()
    {
        List<Step> two = [.. TinyForecasting.Steps(60), .. TinyForecasting.Steps(60, 2, "b")];
        foreach (List<Step> rows in new[] { two, [.. two.OrderBy(step => step.Time)] })
        {
            StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => TinyForecasting.Fit(rows, Options)).Message,
                "set SeriesColumnName to 'Series', which tells them apart");
        }
    }

    private static DateTimeOffset Local(DateTimeOffset time) =>
        time.ToOffset(TimeSpan.FromHours(time.UtcDateTime < new DateTime(2024, 3, 31, 1, 0, 0, DateTimeKind.Utc) ? 1 : 2));

    private static float[][] Scored(ForecastingTransformer model, IEnumerable<Step> steps) =>
        TinyForecasting.Column(model.Transform(TinyForecasting.View(Ml, steps)));

    private static SequenceModel With(ForecastingTransformer fitted, Frequency frequency)
    {
        SequenceModel model = fitted.Model;
        return new(model.Architecture, (Forecasting)model.Task with { Frequency = frequency }, model.Weights, model.Scaling, model.Report);
    }

    private static Forecasting Reloaded(ForecastingTransformer model)
    {
        using var memory = new MemoryStream();
        model.Model.Save(memory);
        return (Forecasting)SequenceModel.Load(new MemoryStream(memory.ToArray())).Task;
    }

    private sealed class Zoned
    {
        public DateTimeOffset Time { get; set; }

        public float Load { get; set; }
    }

    private sealed class Texts
    {
        public string Time { get; set; } = "";

        public float Load { get; set; }
    }

    private sealed class Numbers
    {
        public double Time { get; set; }

        public float Load { get; set; }
    }
}
