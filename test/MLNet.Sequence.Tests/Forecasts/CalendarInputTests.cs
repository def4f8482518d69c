using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tests.Onnx;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Inputs made from times: by their formula, the same in every way of forecasting, and known without rows of a plan.</summary>
[TestClass]
public sealed class CalendarInputTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static readonly CalendarInputs HourAndWeekday = new() { Parts = CalendarParts.Hour | CalendarParts.Weekday };

    private static ForecastingOptions Options => TinyForecasting.Options with { TimeColumnName = "Time" };

    [TestMethod]
    public void Each_part_is_its_sine_and_cosine_and_a_holiday_is_1()
    {
        var calendar = new CalendarInputs
        {
            Parts = CalendarParts.Hour | CalendarParts.Weekday | CalendarParts.MonthDay | CalendarParts.YearDay | CalendarParts.Month,
            Holidays = [new DateOnly(2024, 12, 25), new DateOnly(2024, 3, 7)],
        };
        // A Thursday.
        double[] turns = [7.5 / 24, 4.0 / 7, 6.0 / 31, 66.0 / 366, 2.0 / 12];
        Close.AssertEqual([.. turns.SelectMany(turn => new[] { Math.Sin(2 * Math.PI * turn), Math.Cos(2 * Math.PI * turn) }), 1],
            calendar.Values(new DateTime(2024, 3, 7, 7, 30, 0)), 1e-12, "parts");
        Assert.AreEqual(0.0, calendar.Values(new DateTime(2024, 3, 8))[^1]);
    }

    [TestMethod]
    [DataRow("hours", 1300, CalendarParts.Hour | CalendarParts.Weekday)]
    [DataRow("hours", 40, CalendarParts.None)]
    [DataRow("days", 800, CalendarParts.Weekday | CalendarParts.MonthDay | CalendarParts.YearDay)]
    [DataRow("months, on day 1", 40, CalendarParts.Month)]
    [DataRow("months, on day 1", 24, CalendarParts.Month)]
    [DataRow("months, on day 1", 23, CalendarParts.None)]
    [DataRow("days", 14, CalendarParts.Weekday)]
    [DataRow("years, on day 1", 60, CalendarParts.None)]
    public void Auto_reads_what_varies_and_has_come_twice(string rule, int rows, CalendarParts expected)
    {
        Frequency frequency = new[] { Frequency.Hourly, Frequency.Daily, Frequency.Monthly, Frequency.Yearly }
            .Single(one => rule.StartsWith(one.ToString(), StringComparison.Ordinal));
        List<Step> steps = TinyForecasting.Steps(rows);
        for (int i = 1; i < rows; i++)
            steps[i].Time = frequency.Next(steps[i - 1].Time)!.Value;
        using ForecastingTransformer model = TinyForecasting.Fit(steps, Options with { Calendar = CalendarInputs.Auto, Stride = 20 });
        var task = (Forecasting)model.Model.Task;
        Assert.AreEqual(rule, task.Frequency!.ToString());
        Assert.AreEqual(expected, task.Calendar?.Parts ?? CalendarParts.None);
    }

    [TestMethod]
    [DataRow(MissingValues.Error, false)]
    [DataRow(MissingValues.Mask, false)]
    [DataRow(MissingValues.Error, true)]
    public void All_ways_of_forecasting_agree(MissingValues handling, bool planned)
    {
        List<Step> steps = TinyForecasting.Steps(80);
        ForecastingOptions options = Options with
        {
            Calendar = HourAndWeekday,
            MissingValues = handling,
            Inputs = planned ? [] : ["Price"],
            KnownInputs = planned ? ["Price"] : [],
        };
        using ForecastingTransformer model = TinyForecasting.Fit(steps, options);
        var task = (Forecasting)model.Model.Task;
        string[] cycles = ["Hour (sine)", "Hour (cosine)", "Weekday (sine)", "Weekday (cosine)"];
        CollectionAssert.AreEqual(planned ? ["Load", .. cycles, "Price"] : new[] { "Load", "Price" }.Concat(cycles).ToArray(), task.Channels.ToArray());
        using var memory = new MemoryStream();
        model.Model.Save(memory);
        var loaded = SequenceModel.Load(new MemoryStream(memory.ToArray()));
        float[][] scored = TinyForecasting.Column(model.Transform(TinyForecasting.View(Ml, steps)));
        SequenceSession session = loaded.CreateSession();
        var output = new double[session.OutputSize];
        // Without a plan, the last row has a forecast too.
        int last = planned ? 80 - TinyForecasting.Horizon : 80;
        for (int at = 0; at < last; at++)
        {
            double[] future = planned ? [.. steps[(at + 1)..(at + 1 + TinyForecasting.Horizon)].Select(step => (double)step.Price)] : [];
            session.Step("", new DateTimeOffset(steps[at].Time, TimeSpan.Zero), [steps[at].Load, steps[at].Price], future, output);
            AssertNear(scored[at], output);
            if (at < TinyForecasting.Context - 1)
                continue;
            Step[] window = [.. steps[(at + 1 - TinyForecasting.Context)..(at + 1)]];
            double[] history = [.. window.SelectMany(step => new double[] { step.Load, step.Price })];
            AssertNear(scored[at], loaded.Forecast(history, new DateTimeOffset(window[0].Time, TimeSpan.Zero), future));
            if (at % 9 != 0)
                continue;
            float[]? prices = planned ? [.. future.Select(value => (float)value)] : null;
            AssertNear(scored[at], [.. Onnx(model.Model, window, prices).Select(value => (double)value)]);
        }

        IDataView plan = TinyForecasting.View(Ml, steps[77..]), known = TinyForecasting.View(Ml, planned ? steps[..77] : steps);
        AssertNear(scored[planned ? 76 : 79], [.. model.Forecast(known, planned ? plan : null).Select(row => row.Forecast)]);
    }

    [TestMethod]
    public void Left_out_rows_have_the_calendar_of_their_own_times()
    {
        List<Step> steps = TinyForecasting.Steps(90);
        Step[] empty = [.. steps.Select((step, i) => i is >= 40 and < 44 ? new Step { Time = step.Time, Load = float.NaN } : step)];
        ForecastingOptions options = Options with { Calendar = HourAndWeekday, MissingValues = MissingValues.Interpolate };
        using ForecastingTransformer one = TinyForecasting.Fit(empty, options);
        using ForecastingTransformer other = TinyForecasting.Fit(empty.Where(step => !float.IsNaN(step.Load)), options);
        CollectionAssert.AreEqual(TinyForecasting.Bits(one.Model), TinyForecasting.Bits(other.Model));
    }

    // 50, and 40 more on holidays, which come at random: only the list knows them.
    [TestMethod]
    public void Holidays_move_the_forecasts_of_their_days()
    {
        var random = new Random(5);
        DateTime first = new(2022, 1, 1);
        DateTime[] days = [.. Enumerable.Range(0, 400).Select(day => first.AddDays(day))];
        DateOnly[] holidays = [.. days.Where(_ => random.Next(6) == 0).Select(DateOnly.FromDateTime)];
        Step[] steps = [.. days.Select(day => new Step { Time = day, Load = holidays.Contains(DateOnly.FromDateTime(day)) ? 90 : 50 })];
        ForecastingOptions options = Options with
        {
            Calendar = new CalendarInputs { Parts = CalendarParts.None, Holidays = holidays },
            Normalization = WindowNormalization.None,
            Training = new TrainingOptions { Epochs = 60, LearningRate = 1e-2, Seed = 1 },
        };
        using ForecastingTransformer model = TinyForecasting.Fit(steps[..300], options, new Linear());
        double Error(ForecastingTransformer of) => Ml.Forecasting.EvaluateSequence(of.Transform(TinyForecasting.View(Ml, steps[290..])), 7).MeanAbsoluteError;
        using ForecastingTransformer without = TinyForecasting.Fit(steps[..300], options with { Calendar = null }, new Linear());
        Assert.IsGreaterThan(8, Error(without));
        Assert.IsLessThan(2.0, Error(model));
    }

    [TestMethod]
    public void A_list_of_holidays_of_other_years_is_told_at_training_and_at_forecasting()
    {
        var log = new List<string>();
        var ml = new MLContext(seed: 1);
        ml.Log += (_, message) => log.Add(message.Message);
        List<Step> steps = TinyForecasting.Steps(60);
        for (int i = 0; i < 60; i++)
            steps[i].Time = new DateTime(2023, 10, 1).AddDays(i);
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, Options with
        {
            Calendar = new CalendarInputs { Holidays = [new DateOnly(2023, 12, 25)] },
        }).Fit(TinyForecasting.View(ml, steps));
        Assert.IsFalse(log.Any(message => message.Contains("list of holidays", StringComparison.Ordinal)));
        foreach (Step step in steps)
            step.Time = step.Time.AddDays(34);
        model.Forecast(TinyForecasting.View(ml, steps));
        Assert.IsTrue(log.Any(message => message.Contains("none in 2024", StringComparison.Ordinal)), string.Join("; ", log));
    }

    [TestMethod]
    public void What_has_no_dates_has_no_calendar()
    {
        List<Step> steps = TinyForecasting.Steps(60);
        ForecastingOptions calendar = Options with { Calendar = CalendarInputs.Auto };
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => TinyForecasting.Fit(steps, calendar with { TimeColumnName = null })).Message,
            "Calendar needs the column of times");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => TinyForecasting.Fit(
            steps, calendar with { Frequency = Frequency.Irregular })).Message, "dates with a frequency");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => TinyForecasting.Fit(steps, calendar with
        {
            CarriesState = true,
            Normalization = WindowNormalization.None,
        })).Message, "Calendar must be empty with CarriesState");
        using ForecastingTransformer model = TinyForecasting.Fit(steps, Options with { Calendar = HourAndWeekday });
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.Model.Forecast(new double[8 * 5])).Message, "follow from a time");
    }

    private static void AssertNear(float[] expected, double[] actual) =>
        TinyForecasting.AssertNear([expected], [[.. actual.Select(value => (float)value)]], 2e-4);

    // The graph reads the calendar as inputs, which CalendarInputs.Values gives.
    private static float[] Onnx(SequenceModel model, Step[] window, float[]? prices)
    {
        double[] At(DateTime time) => HourAndWeekday.Values(time);
        float[] Row(Step step) => prices is null ? [step.Load, step.Price, .. At(step.Time).Select(value => (float)value)]
            : [step.Load, .. At(step.Time).Select(value => (float)value), step.Price];
        float[] ahead = [.. Enumerable.Range(1, TinyForecasting.Horizon).SelectMany(hour => (float[])
            [.. At(window[^1].Time.AddHours(hour)).Select(value => (float)value), .. prices is null ? [] : new[] { prices[hour - 1] }])];
        using var file = new MemoryStream();
        model.SaveOnnx(file, new OnnxOptions());
        using OnnxSession session = OnnxLog.Quietly(() => new OnnxSession(file.ToArray()));
        return [.. session.Run(new OnnxTensor("Sequence", window.SelectMany(Row).ToArray(), 1, window.Length, 6),
            new OnnxTensor("Future", ahead, 1, TinyForecasting.Horizon, prices is null ? 4 : 5))["Forecast"].Floats];
    }
}
