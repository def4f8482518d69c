using Microsoft.ML;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Series with fewer rows than a window: refused, left out or padded, in training and in every way of forecasting.</summary>
[TestClass]
public sealed class ShortSeriesTests
{
    private const int Context = TinyForecasting.Context;

    private readonly MLContext _ml = new(seed: 1);
    private readonly List<string> _lines = [];

    public ShortSeriesTests() => _ml.Log += (_, entry) => _lines.Add(entry.Message);

    private static ForecastingOptions Options => TinyForecasting.SeriesOptions;

    private static List<Step> Long => TinyForecasting.Steps(60);

    private static List<Step> Short => TinyForecasting.Steps(6, 2, "b");

    [TestMethod]
    public void They_are_refused_with_their_names_and_the_option()
    {
        string message = Assert.ThrowsExactly<InvalidOperationException>(() => TinyForecasting.Fit([.. Long, .. Short], Options)).Message;
        StringAssert.Contains(message, "'b' (6 rows)");
        StringAssert.Contains(message, "set ShortSeries to Skip or Pad");
    }

    [TestMethod]
    public void Left_out_series_are_as_if_they_were_not_there_and_their_number_is_told()
    {
        ForecastingOptions options = Options with { ShortSeries = ShortSeries.Skip };
        using ForecastingTransformer expected = TinyForecasting.Fit(Long, Options);
        IDataView all = TinyForecasting.View(_ml, [.. Long, .. Short]);

        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, options).Fit(all);

        CollectionAssert.AreEqual(TinyForecasting.Bits(expected.Model), TinyForecasting.Bits(model.Model));
        Assert.HasCount(1, _lines.Where(line => line.Contains("1 series are left out, beginning with 'b' (6 rows)", StringComparison.Ordinal)).ToArray());
        ForecastTable table = model.Forecast(all);
        CollectionAssert.AreEqual(new[] { "a", "a", "a" }, table.Select(row => row.Series).ToArray());
        Assert.IsTrue(_lines.Any(line => line.Contains("1 series have fewer rows than the context (8) and no forecast", StringComparison.Ordinal)));
        Assert.IsTrue(TinyForecasting.Column(model.Transform(all))[60..].All(row => row.All(float.IsNaN)));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => TinyForecasting.Fit(Short, options)).Message, "'b' (6 rows)");
    }

    [TestMethod]
    public void Padding_in_training_is_missing_steps_before_the_first_row()
    {
        ForecastingOptions options = Options with { MissingValues = MissingValues.Mask };
        DateTime first = Short[0].Time;
        Step[] before = [.. Enumerable.Range(1 - Context, Context - 1).Select(i => new Step
        {
            Series = "b", Time = first.AddHours(i), Load = float.NaN, Price = float.NaN,
        })];
        using ForecastingTransformer expected = TinyForecasting.Fit([.. Long, .. before, .. Short], options);

        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, options with { ShortSeries = ShortSeries.Pad })
            .Fit(TinyForecasting.View(_ml, [.. Long, .. Short, .. TinyForecasting.Steps(3, 3, "c")]));

        CollectionAssert.AreEqual(TinyForecasting.Bits(expected.Model), TinyForecasting.Bits(model.Model));
        Assert.HasCount(1, _lines.Where(line => line.Contains("1 series are padded and 1 series are left out, beginning with 'b' (6 rows), 'c' (3 rows)",
            StringComparison.Ordinal)).ToArray());
    }

    [TestMethod]
    public void Padding_is_no_part_of_what_is_divided_into_training_and_validation()
    {
        ForecastingOptions options = Options with { MissingValues = MissingValues.Mask, ShortSeries = ShortSeries.Pad };
        Step[] ten = [.. TinyForecasting.Steps(10, 2, "b")];
        using ForecastingTransformer model = TinyForecasting.Fit([.. Long, .. ten], options);
        // One of ten rows validates, as of ten rows without padding.
        Assert.AreEqual(ten[..9].Average(step => (double)step.Load), model.Model.Scaling["b"].Mean[0], 1e-5);

        // With four steps that validate, six rows are left, which are padded to a window; with eight, two, which are not.
        using ForecastingTransformer four = TinyForecasting.Fit([.. Long, .. ten], options with { ValidationSteps = 4 });
        Assert.AreEqual(ten[..6].Average(step => (double)step.Load), four.Model.Scaling["b"].Mean[0], 1e-5);
        using ForecastingTransformer eight = TinyForecasting.Fit([.. Long, .. ten], options with { ValidationSteps = 8 });
        Assert.IsFalse(eight.Model.Scaling.Knows("b"));
        Assert.IsTrue(TinyForecasting.Column(eight.Transform(TinyForecasting.View(_ml, [.. Long, .. ten])))[69].All(float.IsFinite));
    }

    [TestMethod]
    [DataRow(MissingValues.Mask, false)]
    [DataRow(MissingValues.Forward, false)]
    [DataRow(MissingValues.Interpolate, true)]
    public void All_ways_of_forecasting_pad_alike_from_the_first_row_on(MissingValues handling, bool isStatic)
    {
        List<Step> trained = [.. Long, .. Short], scored = [.. trained, .. TinyForecasting.Steps(12, 4, "new")];
        foreach (Step row in scored.Where(_ => isStatic))
            row.Price = row.Series.Length;
        ForecastingOptions options = Options with
        {
            ShortSeries = ShortSeries.Pad,
            MissingValues = handling,
            Inputs = isStatic ? [] : ["Price"],
            StaticColumns = isStatic ? ["Price"] : [],
        };
        using ForecastingTransformer model = TinyForecasting.Fit(trained, options);
        float[][] batch = TinyForecasting.Column(model.Transform(TinyForecasting.View(_ml, scored)));
        // A window of one known step of a series that was not in training is scaled by that step alone.
        Assert.IsTrue(batch.All(row => row.All(float.IsFinite)));
        SequenceSession session = model.Model.CreateSession();
        var output = new double[session.OutputSize];
        foreach (IGrouping<string, Step> series in scored.GroupBy(row => row.Series))
        {
            var history = new List<double>();
            foreach (Step row in series)
            {
                float[] expected = batch[scored.IndexOf(row)];
                session.Step(row.Series, [row.Load, row.Price], [], output);
                TinyForecasting.AssertNear([expected], [[.. output.Select(value => (float)value)]], 1e-4);
                history.AddRange([row.Load, row.Price]);
                TinyForecasting.AssertNear([expected], [[.. model.Model.Forecast([.. history], row.Series).Select(value => (float)value)]], 1e-4);
                int missing = Math.Max(0, Context - history.Count / 2);
                double[] padded = [.. Enumerable.Repeat(new[] { double.NaN, isStatic ? row.Price : double.NaN }, missing).SelectMany(one => one), .. history];
                TinyForecasting.AssertNear([expected], [[.. model.Model.Forecast(padded, row.Series).Select(value => (float)value)]], 1e-4);
            }
        }

        double[] last = [.. model.Forecast(TinyForecasting.View(_ml, scored)).Where(row => row.Series == "b").Select(row => row.Forecast)];
        TinyForecasting.AssertNear([batch[65]], [[.. last.Select(value => (float)value)]], 1e-4);
    }

    // The steps before the first row have no date.
    [TestMethod]
    public void Padding_with_a_calendar_is_the_same_in_every_way_of_forecasting()
    {
        List<Step> rows = [.. Long, .. Short];
        using ForecastingTransformer model = TinyForecasting.Fit(rows, Options with
        {
            ShortSeries = ShortSeries.Pad,
            MissingValues = MissingValues.Mask,
            Calendar = new CalendarInputs { Parts = CalendarParts.Hour },
        });
        float[][] batch = TinyForecasting.Column(model.Transform(TinyForecasting.View(_ml, rows)));
        SequenceSession session = model.Model.CreateSession();
        var output = new double[session.OutputSize];
        var history = new List<double>();
        for (int place = 60; place < 66; place++)
        {
            Step row = rows[place];
            history.AddRange([row.Load, row.Price]);
            session.Step("b", new DateTimeOffset(row.Time, TimeSpan.Zero), [row.Load, row.Price], [], output);
            TinyForecasting.AssertNear([batch[place]], [[.. output.Select(value => (float)value)]], 1e-4);
            double[] plain = model.Model.Forecast([.. history], new DateTimeOffset(rows[60].Time, TimeSpan.Zero), series: "b");
            TinyForecasting.AssertNear([batch[place]], [[.. plain.Select(value => (float)value)]], 1e-4);
        }
    }

    [TestMethod]
    public void Padding_needs_windows_that_are_filled()
    {
        foreach (MissingValues handling in new[] { MissingValues.Error, MissingValues.Zero })
        {
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => TinyForecasting.Fit(Long, Options with
            {
                ShortSeries = ShortSeries.Pad,
                MissingValues = handling,
            })).Message, $"ShortSeries.Pad needs MissingValues Mask, Interpolate or Forward");
        }
    }
}
