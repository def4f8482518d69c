using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Forecasts;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Backtests;

[TestClass]
public sealed class TrainTestSplitTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void The_test_part_is_the_end_of_each_series_with_its_context_before_it()
    {
        List<Step> a = Steps(40), b = Steps(30, seed: 2, series: "b");
        IDataView rows = View(_ml, Interleaved(a, b));

        var split = _ml.Forecasting.TrainTestSplit(rows, SeriesOptions, testSteps: 6);

        CollectionAssert.AreEquivalent(Of([.. a[..34], .. b[..24]]), Of(split.TrainSet));
        CollectionAssert.AreEquivalent(Of([.. a[(34 - Context)..], .. b[(24 - Context)..]]), Of(split.TestSet));
        Assert.AreEqual(58, split.TrainSet.GetRowCount());
        Assert.AreEqual(2 * (Context + 6), split.TestSet.GetRowCount());
    }

    [TestMethod]
    public void A_fraction_is_of_each_series()
    {
        IDataView rows = View(_ml, Interleaved(Steps(40), Steps(100, seed: 2, series: "b")));

        var split = _ml.Forecasting.TrainTestSplit(rows, testFraction: 0.2, context: 5, seriesColumnName: "Series");

        string[] train = [.. split.TrainSet.GetColumn<string>("Series")], test = [.. split.TestSet.GetColumn<string>("Series")];
        Assert.AreEqual(32, train.Count(key => key == "a"));
        Assert.AreEqual(80, train.Count(key => key == "b"));
        Assert.AreEqual(8 + 5, test.Count(key => key == "a"));
        Assert.AreEqual(20 + 5, test.Count(key => key == "b"));
    }

    [TestMethod]
    public void The_first_forecast_of_the_test_part_is_of_its_first_steps()
    {
        IDataView rows = View(_ml, Steps(60));
        var split = _ml.Forecasting.TrainTestSplit(rows, Options, testSteps: 12);
        using var model = _ml.Forecasting.Trainers.Sequence(TinyLstm, Options).Fit(split.TrainSet);

        ForecastingMetrics metrics = _ml.Forecasting.EvaluateSequence(model.Transform(split.TestSet));

        Assert.AreEqual(12 - Horizon + 1, metrics.Count);
        CollectionAssert.AreEqual(Bits(Column(model.Transform(rows))[47..]), Bits(Column(model.Transform(split.TestSet))[(Context - 1)..]));
    }

    [TestMethod]
    public void The_parts_are_lazy_and_pass_any_column_on()
    {
        var counting = new Columns.CountingView(View(_ml, Steps(60)));

        var split = _ml.Forecasting.TrainTestSplit(counting, testSteps: 10, context: 8);
        Assert.AreEqual(1, counting.Requests.Count, "One pass counts the rows.");
        DateTime[] times = [.. split.TestSet.GetColumn<DateTime>("Time")];

        Assert.AreEqual(2, counting.Requests.Count);
        CollectionAssert.AreEqual(Steps(60)[42..].Select(step => step.Time).ToArray(), times);
        Assert.IsFalse(split.TrainSet.CanShuffle);
    }

    [TestMethod]
    public void Series_without_enough_rows_are_named()
    {
        IDataView rows = View(_ml, [.. Steps(40), .. Steps(12, seed: 2, series: "new")]);
        Exception refused = Assert.Throws<InvalidOperationException>(() => _ml.Forecasting.TrainTestSplit(rows, SeriesOptions, testSteps: 6));
        StringAssert.Contains(refused.Message, "'new' (12 rows)");
        StringAssert.Contains(refused.Message, $"{Context + Horizon} rows (Context {Context} + Horizon {Horizon})");

        Exception few = Assert.Throws<InvalidOperationException>(() => _ml.Forecasting.TrainTestSplit(View(_ml, Steps(20)), testSteps: 15, context: 8));
        StringAssert.Contains(few.Message, "The data has 20 rows");
        Exception none = Assert.Throws<InvalidOperationException>(() => _ml.Forecasting.TrainTestSplit(View(_ml, []), testSteps: 1));
        StringAssert.Contains(none.Message, "no rows");
    }

    [TestMethod]
    public void Short_series_are_left_out_or_padded_as_the_forecaster_does()
    {
        List<string> lines = [];
        _ml.Log += (_, line) => lines.Add(line.Message);
        // With six test rows, six rows of b and two of c are left: less than a context, and less than one row and a horizon.
        List<Step> a = Steps(40), b = Steps(12, seed: 2, series: "b"), c = Steps(8, seed: 3, series: "c");
        IDataView rows = View(_ml, [.. a, .. b, .. c]);

        var skipped = _ml.Forecasting.TrainTestSplit(rows, SeriesOptions with { ShortSeries = ShortSeries.Skip }, testSteps: 6);
        CollectionAssert.AreEquivalent(Of(a[..34]), Of(skipped.TrainSet));
        CollectionAssert.AreEquivalent(Of(a[(34 - Context)..]), Of(skipped.TestSet));
        Assert.Contains(line => line.Contains("2 series are left out, beginning with 'b' (12 rows), 'c' (8 rows)", StringComparison.Ordinal), lines);

        ForecastingOptions pads = SeriesOptions with { ShortSeries = ShortSeries.Pad, MissingValues = MissingValues.Mask };
        var padded = _ml.Forecasting.TrainTestSplit(rows, pads, testSteps: 6);
        CollectionAssert.AreEquivalent(Of([.. a[..34], .. b[..6]]), Of(padded.TrainSet));
        CollectionAssert.AreEquivalent(Of([.. a[(34 - Context)..], .. b]), Of(padded.TestSet));
        Assert.Contains(line => line.Contains("1 series are left out, beginning with 'c' (8 rows)", StringComparison.Ordinal), lines);
        // What is split can be trained on.
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(TinyLstm, pads).Fit(padded.TrainSet);
        Assert.IsTrue(model.Model.Scaling.Knows("b"));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Forecasting.TrainTestSplit(View(_ml, [.. b, .. c]),
            SeriesOptions with { ShortSeries = ShortSeries.Skip }, testSteps: 6)).Message, "'b' (12 rows), 'c' (8 rows)");
    }

    // From all seven series a context of 2 would be chosen, from the three that are long enough for it one of 95.
    [TestMethod]
    [DataRow(ShortSeries.Skip)]
    [DataRow(ShortSeries.Pad)]
    public void The_context_is_chosen_from_the_series_that_remain_as_Fit_chooses_it(ShortSeries @short)
    {
        IEnumerable<Step> rows = Enumerable.Range(1, 7).SelectMany(i => Steps(i <= 3 ? 200 : 8, i, $"shop {i}"));
        ForecastingOptions options = SeriesOptions with
        {
            TimeColumnName = null,
            Context = null,
            ShortSeries = @short,
            MissingValues = @short == ShortSeries.Pad ? MissingValues.Mask : MissingValues.Error,
        };

        var split = _ml.Forecasting.TrainTestSplit(View(_ml, rows), options, testSteps: 6);

        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(new Linear { Size = 4 }, options).Fit(split.TrainSet);
        Assert.AreEqual(95, model.Task.Context);
        Assert.AreEqual(3 * (95 + 6), split.TestSet.GetRowCount());
        Assert.AreEqual(3 * (6 - Horizon + 1), _ml.Forecasting.EvaluateSequence(model.Transform(split.TestSet)).Count);
    }

    // With the five hours that are missing, the first six rows of b are eleven steps, a context and a horizon; those of c are six.
    [TestMethod]
    public void Short_series_are_left_out_by_the_steps_that_are_filled()
    {
        List<Step> a = Steps(40), b = [.. Steps(17, 2, "b").Where((_, i) => i is < 3 or > 7)], c = Steps(12, 3, "c");
        ForecastingOptions options = SeriesOptions with
        {
            MissingValues = MissingValues.Interpolate,
            Frequency = Frequency.Hourly,
            ShortSeries = ShortSeries.Skip,
        };

        var split = _ml.Forecasting.TrainTestSplit(View(_ml, [.. a, .. b, .. c]), options, testSteps: 6);

        CollectionAssert.AreEquivalent(Of([.. a[..34], .. b[..6]]), Of(split.TrainSet));
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(TinyLstm, options).Fit(split.TrainSet);
        Assert.IsTrue(model.Model.Scaling.Knows("b"));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Forecasting.TrainTestSplit(
            View(_ml, [.. a, .. b, .. c]), options with { ShortSeries = ShortSeries.Error }, testSteps: 6)).Message, "too short: 'c' (12 rows)");
    }

    // Every third hour is missing: the 60 rows to train on are 89 steps, which have room for two days.
    [TestMethod]
    public void A_context_that_is_chosen_counts_steps_that_are_filled()
    {
        Step[] rows = [.. Steps(150).Where((_, i) => i % 3 != 2)];
        ForecastingOptions options = Options with
        {
            TimeColumnName = "Time",
            Frequency = Frequency.Hourly,
            MissingValues = MissingValues.Interpolate,
            Context = null,
        };
        var split = _ml.Forecasting.TrainTestSplit(View(_ml, rows), options, testSteps: 40);
        int Chosen(IDataView training)
        {
            using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(TinyLstm, options).Fit(training);
            return ((Forecasting)model.Model.Task).Context;
        }

        int context = Chosen(split.TrainSet);
        Assert.AreEqual(40 + Math.Min(60, context), split.TestSet.GetRowCount());
        Assert.AreEqual(Chosen(View(_ml, Steps(89))), context);
        // That of 60 rows is another one.
        Assert.IsLessThan(context, Chosen(View(_ml, Steps(60))));
    }

    // A window that is padded or filled needs no whole context; but what it would forecast before the last row of history was trained on.
    [TestMethod]
    [DataRow(ShortSeries.Pad, MissingValues.Mask)]
    [DataRow(ShortSeries.Error, MissingValues.Interpolate)]
    public void The_first_forecast_of_the_test_rows_is_that_of_the_first_new_row(ShortSeries @short, MissingValues missing)
    {
        // Every third hour is missing: rows of a context are more steps.
        List<Step> a = [.. Steps(60).Where((_, i) => i % 3 != 2)], b = [.. Steps(60, seed: 2, series: "b").Where((_, i) => i % 3 != 2)];
        ForecastingOptions options = SeriesOptions with { Frequency = Frequency.Hourly, MissingValues = missing, ShortSeries = @short };
        var split = _ml.Forecasting.TrainTestSplit(View(_ml, Interleaved(a, b)), options, testSteps: 9);
        // Also through a transform of rows.
        var chain = _ml.Transforms.CopyColumns("Copy", "Load").Append(_ml.Forecasting.Trainers.Sequence(TinyLstm, options));
        IDataView scored = chain.Fit(split.TrainSet).Transform(split.TestSet);
        string[] keys = [.. scored.GetColumn<string>("Series")];
        float[][] forecasts = Column(scored);
        foreach (string key in new[] { "a", "b" })
        {
            float[][] own = [.. forecasts.Where((_, i) => keys[i] == key)];
            Assert.HasCount(Context + 9, own);
            Assert.IsTrue(own[..(Context - 1)].All(forecast => forecast.All(float.IsNaN)), key);
            Assert.IsTrue(own[(Context - 1)..].All(forecast => forecast.All(float.IsFinite)), key);
        }
    }

    [TestMethod]
    public void A_frequency_without_a_time_column_is_refused_by_the_trainer_and_not_by_the_split()
    {
        ForecastingOptions options = Options with { Frequency = Frequency.Hourly, MissingValues = MissingValues.Forward };
        var split = _ml.Forecasting.TrainTestSplit(View(_ml, Steps(60)), options, testSteps: 6);
        Assert.AreEqual(54, split.TrainSet.GetRowCount());
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => _ml.Forecasting.Trainers.Sequence(TinyLstm, options)).Message, "column of times");
    }

    [TestMethod]
    public void Wrong_arguments_are_refused()
    {
        IDataView rows = View(_ml, Steps(60));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Forecasting.TrainTestSplit(rows, Options, testSteps: Horizon - 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Forecasting.TrainTestSplit(rows, testSteps: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Forecasting.TrainTestSplit(rows, testFraction: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Forecasting.TrainTestSplit(rows, testSteps: 5, context: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Forecasting.TrainTestSplit(rows, testSteps: 5, seriesColumnName: "Shop"));
        Exception unsorted = Assert.Throws<InvalidOperationException>(() => _ml.Forecasting.TrainTestSplit(
            View(_ml, Enumerable.Reverse(Steps(60))), testSteps: 5, context: 8, timeColumnName: "Time"));
        StringAssert.Contains(unsorted.Message, "newest rows come first");
    }

    private static string[] Of(IEnumerable<Step> steps) => [.. steps.Select(step => $"{step.Series} {step.Time:O} {step.Load}")];

    private string[] Of(IDataView view) => Of(_ml.Data.CreateEnumerable<Step>(view, reuseRowObject: false));
}
