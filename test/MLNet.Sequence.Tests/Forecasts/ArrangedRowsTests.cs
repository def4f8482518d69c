using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Rows that are sorted, or combined to the steps of a frequency, before a forecaster reads them.</summary>
[TestClass]
public sealed class ArrangedRowsTests
{
    private static readonly DateTime Start = new(2024, 1, 1);

    private readonly MLContext _ml = new(seed: 1);
    private readonly List<string> _lines = [];

    public ArrangedRowsTests() => _ml.Log += (_, entry) => _lines.Add(entry.Message);

    private static ForecastingOptions Sorted => TinyForecasting.SeriesOptions with { Sort = true };

    private static ForecastingOptions Hourly => TinyForecasting.SeriesOptions with { Frequency = Frequency.Hourly };

    [TestMethod]
    public void Shuffled_rows_train_and_forecast_as_sorted_ones()
    {
        List<Step> inOrder = [.. TinyForecasting.Steps(60), .. TinyForecasting.Steps(50, 2, "b")];
        var random = new Random(4);
        // Series keep the order of their first rows.
        List<Step> shuffled = [inOrder[17], .. inOrder.Where((_, i) => i != 17).OrderBy(_ => random.Next())];
        using ForecastingTransformer expected = TinyForecasting.Fit(inOrder, TinyForecasting.SeriesOptions);

        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, Sorted).Fit(View(shuffled));

        CollectionAssert.AreEqual(TinyForecasting.Bits(expected.Model), TinyForecasting.Bits(model.Model));
        Assert.IsTrue(_lines.Any(line => line.Contains("The rows are sorted by 'Time'", StringComparison.Ordinal)));
        IDataView scored = model.Transform(View(shuffled));
        CollectionAssert.AreEqual(inOrder.Select(row => row.Time).ToArray(), scored.GetColumn<DateTime>("Time").ToArray());
        CollectionAssert.AreEqual(inOrder.Select(row => row.Price).ToArray(), scored.GetColumn<float>("Price").ToArray());
        CollectionAssert.AreEqual(TinyForecasting.Bits(TinyForecasting.Column(expected.Transform(View(inOrder)))),
            TinyForecasting.Bits(TinyForecasting.Column(scored)));
        // The saved model sorts as well.
        using var file = new TemporaryFolder();
        model.Model.Save(file.At("model.zip"));
        using var loaded = new ForecastingTransformer(_ml, SequenceModel.Load(file.At("model.zip")));
        CollectionAssert.AreEqual(expected.Forecast(View(inOrder)).Select(row => row.Forecast).ToArray(),
            loaded.Forecast(View(shuffled)).Select(row => row.Forecast).ToArray());
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => TinyForecasting.Fit(shuffled, TinyForecasting.SeriesOptions)).Message,
            "Set ForecastingOptions.Sort");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => TinyForecasting.Fit(shuffled, Sorted with { TimeColumnName = null })).Message,
            "set TimeColumnName");
    }

    [TestMethod]
    [DataRow(Resampling.Mean)]
    [DataRow(Resampling.Sum)]
    [DataRow(Resampling.Last)]
    public void Readings_of_an_hour_are_one_step(Resampling resample)
    {
        // Four readings an hour of two series, one of which lacks half of its last hour; a missing reading does not count.
        List<Step> readings = [.. Readings(40 * 4), .. Readings(30 * 4 - 2, 2, "b")];
        readings[5].Load = float.NaN;
        IDataView arranged = _ml.Forecasting.Arrange(View(readings), Hourly with { Resample = resample });

        List<Step> expected = ByHand(readings, resample);
        Assert.AreEqual(resample == Resampling.Last ? 70 : 69, expected.Count);
        CollectionAssert.AreEqual(expected.Select(row => row.Time).ToArray(), arranged.GetColumn<DateTime>("Time").ToArray());
        CollectionAssert.AreEqual(expected.Select(row => row.Series).ToArray(), arranged.GetColumn<string>("Series").ToArray());
        CollectionAssert.AreEqual(expected.Select(row => row.Load).ToArray(), arranged.GetColumn<float>("Load").ToArray());
        CollectionAssert.AreEqual(expected.Select(row => row.Price).ToArray(), arranged.GetColumn<float>("Price").ToArray());
        Assert.AreEqual(resample != Resampling.Last, _lines.Any(line => line.Contains("1 steps at the beginning or end of a series have fewer rows",
            StringComparison.Ordinal)));
    }

    [TestMethod]
    public void A_model_of_hours_forecasts_hours_from_readings()
    {
        List<Step> readings = [.. Readings(60 * 4)];
        List<Step> hours = ByHand(readings, Resampling.Mean);
        using ForecastingTransformer expected = TinyForecasting.Fit(hours, Hourly);
        var random = new Random(2);
        List<Step> shuffled = [.. readings.OrderBy(_ => random.Next())];
        ForecastingOptions options = Hourly with { Resample = Resampling.Mean, Sort = true };

        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, options).Fit(View(shuffled));

        CollectionAssert.AreEqual(TinyForecasting.Bits(expected.Model), TinyForecasting.Bits(model.Model));
        CollectionAssert.AreEqual(expected.Forecast(View(hours)).ToArray(), model.Forecast(View(shuffled)).ToArray());
        Assert.AreEqual(Start.AddHours(60), model.Forecast(View(shuffled))[0].Time);
        IDataView scored = model.Transform(View(shuffled));
        CollectionAssert.AreEqual(TinyForecasting.Bits(TinyForecasting.Column(expected.Transform(View(hours)))),
            TinyForecasting.Bits(TinyForecasting.Column(scored)));
        Assert.AreEqual(_ml.Forecasting.EvaluateSequence(expected.Transform(View(hours)), 2, View(hours)).MeanAbsoluteScaledError,
            _ml.Forecasting.EvaluateSequence(scored, 2, View(shuffled)).MeanAbsoluteScaledError, 1e-12);
        // Folds and splits are cut by steps.
        var trainer = _ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, options);
        Assert.AreEqual(_ml.Forecasting.Backtest(View(hours), _ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, Hourly)).Metrics.MeanAbsoluteError,
            _ml.Forecasting.Backtest(View(shuffled), trainer).Metrics.MeanAbsoluteError, 1e-9);
        Assert.AreEqual(50, _ml.Forecasting.TrainTestSplit(View(shuffled), options, testSteps: 10).TrainSet.GetRowCount());
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => _ml.Forecasting.Backtest(
            View(shuffled), _ml.Transforms.NormalizeMinMax("Load").Append(trainer))).Message, "ml.Forecasting.Arrange");
    }

    [TestMethod]
    public void Days_become_months_at_their_first_or_last_day_and_quarters()
    {
        Step[] days = [.. Enumerable.Range(0, 366).Select(i => new Step { Time = Start.AddDays(i), Load = 1, Price = i })];
        ForecastingOptions options = TinyForecasting.SeriesOptions with { Resample = Resampling.Sum };
        (DateTime, float)[] Of(Frequency frequency, int count = 366)
        {
            IDataView arranged = _ml.Forecasting.Arrange(View(days[..count]), options with { Frequency = frequency });
            return [.. arranged.GetColumn<DateTime>("Time").Zip(arranged.GetColumn<float>("Load"))];
        }

        CollectionAssert.AreEqual(Enumerable.Range(1, 12).Select(month => (new DateTime(2024, month, 1), (float)DateTime.DaysInMonth(2024, month))).ToArray(),
            Of(Frequency.Monthly));
        Assert.AreEqual((new DateTime(2024, 2, 29), 29f), Of(Frequency.MonthEnd)[1]);
        Assert.AreEqual((new DateTime(2024, 4, 1), 91f), Of(Frequency.Quarterly)[1]);
        // A whole month of 30 days stays, half a month does not.
        Assert.HasCount(11, Of(Frequency.Monthly, 335));
        Assert.HasCount(11, Of(Frequency.Monthly, 350));
        // 1 January 2024 is a Monday; the last two days are no week.
        Assert.AreEqual((new DateTime(2024, 1, 8), 7f), Of(Frequency.Weekly)[1]);
        Assert.HasCount(52, Of(Frequency.Weekly));
    }

    [TestMethod]
    public void Steps_that_are_combined_already_stay_as_they_are()
    {
        // Five whole quarters. Combined, each has one row, which is less than a quarter of days: none is a part.
        Step[] days = [.. Enumerable.Range(0, 458).Select(i => new Step { Time = new DateTime(2023, 7, 1).AddDays(i), Load = 1, Price = i })];
        ForecastingOptions options = TinyForecasting.SeriesOptions with { Resample = Resampling.Sum, Frequency = Frequency.Quarterly };
        IDataView once = _ml.Forecasting.Arrange(View(days), options);
        // A part of the rows is another view.
        IDataView twice = _ml.Forecasting.Arrange(_ml.Data.TakeRows(once, 10), options);
        CollectionAssert.AreEqual(new float[] { 92, 92, 91, 91, 92 }, once.GetColumn<float>("Load").ToArray());
        CollectionAssert.AreEqual(once.GetColumn<float>("Load").ToArray(), twice.GetColumn<float>("Load").ToArray());
    }

    // 27 October 2024 has 25 hours, and the hour from two o'clock comes twice.
    [TestMethod]
    public void Hours_and_days_over_the_end_of_summer_time_are_those_of_the_clocks_with_their_offsets()
    {
        Zoned[] halves = [.. Enumerable.Range(0, 2 * 75).Select(half => new DateTimeOffset(2024, 10, 25, 22, 0, 0, TimeSpan.Zero).AddMinutes(30 * half))
            .Select(utc => new Zoned { Time = utc.ToOffset(TimeSpan.FromHours(utc < new DateTimeOffset(2024, 10, 27, 1, 0, 0, TimeSpan.Zero) ? 2 : 1)) })];
        float[] Of(Frequency frequency) => [.. _ml.Forecasting.Arrange(_ml.Data.LoadFromEnumerable(halves), TinyForecasting.Options with
        {
            TimeColumnName = "Time", Frequency = frequency, Resample = Resampling.Sum,
        }).GetColumn<float>("Load")];
        CollectionAssert.AreEqual(new float[] { 48, 50, 48 }, Of(Frequency.Daily)[..3]);
        CollectionAssert.AreEqual(Enumerable.Repeat(2f, 75).ToArray(), Of(Frequency.Hourly));
    }

    [TestMethod]
    public void What_cannot_be_combined_is_refused_with_the_column_or_the_option()
    {
        string Options(ForecastingOptions options) => Assert.ThrowsExactly<ArgumentException>(
            () => _ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, options)).Message;
        StringAssert.Contains(Options(Hourly with { Frequency = null, Resample = Resampling.Sum }), "Resample needs the Frequency");
        StringAssert.Contains(Options(Hourly with { Frequency = Frequency.BusinessDays, Resample = Resampling.Sum }), "found business days");
        Counted[] counts = [.. Enumerable.Range(0, 60).Select(i => new Counted { Time = Start.AddMinutes(i * 20), Load = i })];
        ForecastingOptions counted = Hourly with { SeriesColumnName = null, Inputs = [], Resample = Resampling.Mean };
        string type = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, counted)
            .Fit(_ml.Data.LoadFromEnumerable(counts))).Message;
        StringAssert.Contains(type, "'Load'");
        StringAssert.Contains(type, "Single or Double");
        using ForecastingTransformer last = _ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, counted with { Resample = Resampling.Last })
            .Fit(_ml.Data.LoadFromEnumerable(counts));
        Assert.HasCount(20, TinyForecasting.Column(last.Transform(_ml.Data.LoadFromEnumerable(counts))));
        // Without the option, rows of a finer frequency are refused, and the message names it.
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => TinyForecasting.Fit(Readings(200), Hourly)).Message,
            "have the frequency every 00:15:00, not hours: set Resample");
    }

    private IDataView View(IEnumerable<Step> rows) => TinyForecasting.View(_ml, rows);

    private static List<Step> Readings(int count, int seed = 1, string series = "a")
    {
        List<Step> steps = TinyForecasting.Steps(count, seed, series);
        foreach ((int i, Step step) in steps.Index())
            step.Time = Start.AddMinutes(15 * i);
        return steps;
    }

    private static List<Step> ByHand(IEnumerable<Step> readings, Resampling resample)
    {
        float Of(IEnumerable<float> values, bool sums) => values.Where(value => !float.IsNaN(value)).Select(value => (double)value).ToArray() is var known
            && sums ? (float)known.Sum() : (float)known.Average();
        return [.. readings.GroupBy(row => (row.Series, row.Time.Date.AddHours(row.Time.Hour))).Where(hour => resample == Resampling.Last || hour.Count() == 4)
            .Select(hour => new Step
            {
                Series = hour.Key.Series,
                Time = hour.Key.Item2,
                Load = resample == Resampling.Last ? hour.Last().Load : Of(hour.Select(row => row.Load), resample == Resampling.Sum),
                Price = resample == Resampling.Last ? hour.Last().Price : Of(hour.Select(row => row.Price), sums: false),
            })];
    }

    private sealed class Zoned
    {
        public DateTimeOffset Time { get; set; }

        public float Load { get; set; } = 1;
    }

    private sealed class Counted
    {
        public DateTime Time { get; set; }

        public int Load { get; set; }
    }
}
