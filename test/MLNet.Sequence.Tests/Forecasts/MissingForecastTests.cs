using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Data;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Tests.Onnx;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Missing values of targets and inputs: filled within a window, the same in every way of forecasting, and never part of the loss.</summary>
[TestClass]
public sealed class MissingForecastTests
{
    private const int Context = 8, Horizon = 3;

    private static readonly MLContext Ml = new(seed: 1);

    private static ForecastingOptions Options => TinyForecasting.SeriesOptions with { SeriesColumnName = null };

    public static IEnumerable<object[]> Filling => [[MissingValues.Interpolate], [MissingValues.Forward], [MissingValues.Mask], [MissingValues.Zero]];

    [TestMethod]
    [DynamicData(nameof(Filling))]
    public void A_lost_reading_costs_no_forecast_and_all_ways_of_forecasting_agree(MissingValues handling)
    {
        foreach (string[] known in new string[][] { [], ["Price"] })
        {
            using ForecastingTransformer model = TinyForecasting.Fit(Holes(80), Options with
            {
                MissingValues = handling,
                Inputs = known.Length > 0 ? [] : ["Price"],
                KnownInputs = known,
            });
            Step[] steps = Holes(60);
            float[][] scored = TinyForecasting.Column(model.Transform(TinyForecasting.View(Ml, steps)));
            Assert.IsTrue(scored[(Context - 1)..(60 - Horizon)].All(row => row.All(float.IsFinite)), $"{handling}");
            var session = model.Model.CreateSession();
            var output = new float[session.OutputSize];
            for (int at = 0; at < 60 - Horizon; at++)
            {
                float[] future = known.Length == 0 ? [] : [.. steps[(at + 1)..(at + 1 + Horizon)].Select(step => step.Price)];
                session.Step("", [steps[at].Load, steps[at].Price], future, output);
                TinyForecasting.AssertNear([scored[at]], [output], 1e-4);
                if (at < Context - 1)
                    continue;
                float[] window = [.. steps[(at + 1 - Context)..(at + 1)].SelectMany(step => new[] { step.Load, step.Price })];
                TinyForecasting.AssertNear([scored[at]], [model.Model.Forecast(window, future)], 1e-4);
                TinyForecasting.AssertNear([scored[at]], [Onnx(model.Model, window, future)], 1e-3);
            }
        }
    }

    // The windows of a new series are scaled by their own known values.
    [TestMethod]
    [DynamicData(nameof(Filling))]
    public void A_series_that_was_not_in_training_is_filled_alike(MissingValues handling)
    {
        ForecastingOptions options = TinyForecasting.SeriesOptions with { MissingValues = handling };
        using ForecastingTransformer model = TinyForecasting.Fit([.. Holes(60), .. Holes(60, "b")], options);
        Step[] steps = Holes(40, "new");
        float[][] scored = TinyForecasting.Column(model.Transform(TinyForecasting.View(Ml, steps)));
        SequenceSession session = model.Model.CreateSession();
        var output = new float[session.OutputSize];
        for (int at = 0; at < 40; at++)
        {
            session.Step("new", [steps[at].Load, steps[at].Price], output);
            TinyForecasting.AssertNear([scored[at]], [output], 1e-4);
            if (at < Context - 1)
                continue;
            float[] window = [.. steps[(at + 1 - Context)..(at + 1)].SelectMany(step => new[] { step.Load, step.Price })];
            TinyForecasting.AssertNear([scored[at]], [model.Model.Forecast(window, "new")], 1e-4);
            TinyForecasting.AssertNear([scored[at]], [Onnx(model.Model, window, [])], 1e-3);
        }
    }

    // Filled by hand: 3 · 5 · · 11, then the price.
    [TestMethod]
    [DataRow(MissingValues.Interpolate, new double[] { 1, 1, 2, 3, 4, 5, 8, 11 })]
    [DataRow(MissingValues.Forward, new double[] { 1, 1, 1, 3, 3, 5, 5, 11 })]
    [DataRow(MissingValues.Zero, new double[] { 0, 1, 0, 3, 0, 5, 0, 11 })]
    public void A_window_is_filled_as_its_rule_says(MissingValues handling, double[] filled)
    {
        using ForecastingTransformer model = TinyForecasting.Fit(Holes(60), Options with { MissingValues = handling, Inputs = [] });
        double[] holes = [double.NaN, 1, double.NaN, 3, double.NaN, 5, double.NaN, 11];
        Close.AssertEqual(model.Model.Forecast(filled), model.Model.Forecast(holes), 1e-5, $"{handling}");
        // Nothing is known: there is nothing to forecast from, except if it means 0.
        Assert.AreEqual(handling == MissingValues.Zero, model.Model.Forecast(Enumerable.Repeat(double.NaN, Context).ToArray()).All(double.IsFinite));
        Assert.IsTrue(model.Model.Forecast([1, 1, 1, double.PositiveInfinity, 1, 1, 1, 1]).All(double.IsNaN));
    }

    [TestMethod]
    public void A_mask_follows_targets_and_inputs_and_stays_unscaled()
    {
        var task = new Forecasting
        {
            Targets = [new("Y", ["Y"])],
            Inputs = [new("X", ["X"])],
            KnownInputs = [new("P", ["P"])],
            Context = 3,
            Horizon = 1,
            MissingValues = MissingValues.Mask,
        };
        var seen = new float[3 * task.InputSize];
        task.Standardize([double.NaN, 4, 1, 2, double.NaN, 2, 3, 6, double.NaN], new ChannelScaling([1, 2, 0], [1, 2, 1]), new SeenWindow(seen, new float[1]));
        // Y, X, their masks, P; Y takes the first known value, X and P their last ones.
        Close.AssertEqual([1, 1, 1, 0, 1, 1, 1, 0, 1, 2, 2, 2, 0, 0, 2], Close.Doubles(seen), 1e-6, "seen");
    }

    [TestMethod]
    public void Missing_targets_are_not_in_the_loss_and_their_windows_weigh_less()
    {
        var set = new SeriesSet(["Y"]);
        for (int step = 0; step < 12; step++)
            set.Add(null, [step is 5 or 9 or 10 or 11 ? double.NaN : step]);
        var task = new Forecasting { Targets = [new("Y", ["Y"])], Context = 3, Horizon = 2, MissingValues = MissingValues.Forward };
        var scaling = SeriesScaling.Fit(set, series => series.Length);
        var batches = new WindowBatches(Windows.Over(set, new WindowShape(3, 2)), task, scaling);
        using var scope = NewDisposeScope();
        Batch batch = batches.Load([.. Enumerable.Range(0, (int)batches.Count).Select(i => (long)i)], CPU);
        // Horizons of the origins 2 to 9: 3 4, 4 ·, · 6, 6 7, 7 8, 8 ·, · ·, · ·
        Assert.AreEqual((2 + 1 + 1 + 2 + 2 + 1) / 2.0, batch.Weight);
        Assert.AreEqual(batch.Weight, batches.Weight);
        var objective = new ForecastingObjective(null, task);
        double[] targets = [3, 4, 4, 6, 6, 7, 7, 8, 8];
        double Scaled(double value) => (value - scaling.Pooled.Mean[0]) / scaling.Pooled.Deviation[0];
        Assert.AreEqual(targets.Average(target => Scaled(target) * Scaled(target)), objective.Loss(zeros_like(batch.Target), batch).item<float>(), 1e-5);
    }

    [TestMethod]
    public void Left_out_rows_and_rows_without_values_are_the_same_series()
    {
        List<Step> steps = TinyForecasting.Steps(90);
        Step[] empty = [.. steps.Select((step, i) => i is >= 40 and < 44 or 60
            ? new Step { Time = step.Time, Load = float.NaN, Price = float.NaN } : step)];
        Step[] leftOut = [.. empty.Where(step => !float.IsNaN(step.Load))];
        using ForecastingTransformer one = TinyForecasting.Fit(empty, Options with { MissingValues = MissingValues.Forward });
        using ForecastingTransformer other = TinyForecasting.Fit(leftOut, Options with { MissingValues = MissingValues.Forward });
        CollectionAssert.AreEqual(TinyForecasting.Bits(one.Model), TinyForecasting.Bits(other.Model));
        float[][] ofEmpty = [.. TinyForecasting.Column(one.Transform(TinyForecasting.View(Ml, empty))).Where((_, i) => !float.IsNaN(empty[i].Load))];
        TinyForecasting.AssertNear(ofEmpty, TinyForecasting.Column(other.Transform(TinyForecasting.View(Ml, leftOut))), 1e-5);
        IDataView scored = other.Transform(TinyForecasting.View(Ml, leftOut));
        Assert.IsTrue(double.IsFinite(Ml.Forecasting.EvaluateSequence(scored, 6).MeanAbsoluteError));
    }

    [TestMethod]
    public void A_carried_state_goes_over_left_out_rows_with_zeros()
    {
        ForecastingOptions options = Options with
        {
            Inputs = [],
            CarriesState = true,
            Normalization = WindowNormalization.None,
            MissingValues = MissingValues.Zero,
        };
        Step[] leftOut = [.. TinyForecasting.Steps(90).Where((_, i) => i is < 40 or >= 44)];
        using ForecastingTransformer model = TinyForecasting.Fit(leftOut, options);
        float[][] scored = TinyForecasting.Column(model.Transform(TinyForecasting.View(Ml, leftOut)));
        double[] whole = [.. TinyForecasting.Steps(90).Select((step, i) => i is < 40 or >= 44 ? step.Load : 0.0)];
        for (int row = 0; row < leftOut.Length; row += 7)
        {
            int step = row < 40 ? row : row + 4;
            if (step >= Context)
                TinyForecasting.AssertNear([scored[row]], [[.. model.Model.Forecast(whole.AsSpan(0, step + 1)).Select(value => (float)value)]], 1e-4);
        }

        options = options with { MissingValues = MissingValues.Forward };
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => TinyForecasting.Fit(leftOut, options)).Message, "Error or Zero");
    }

    [TestMethod]
    public void References_learn_from_windows_whose_targets_are_known()
    {
        foreach (Architecture reference in new Architecture[] { new Ridge(), new Naive(), new Drift() })
        {
            using ForecastingTransformer model = TinyForecasting.Fit(Holes(120), Options with { MissingValues = MissingValues.Mask, Inputs = [] }, reference);
            Assert.IsTrue(model.Model.Forecast([1, 2, double.NaN, 4, 5, 6, 7, 8]).All(double.IsFinite), reference.Name);
        }
    }

    [TestMethod]
    public void A_missing_value_is_refused_with_all_remedies_and_a_column_without_any_value()
    {
        Step[] steps = Holes(60);
        string message = Assert.ThrowsExactly<InvalidOperationException>(() => TinyForecasting.Fit(steps, Options)).Message;
        StringAssert.Contains(message, "'Price' is missing (NaN) in row 4");
        StringAssert.Contains(message, "ForecastingOptions.MissingValues (Interpolate, Forward, Mask or Zero)");
        foreach (Step step in steps)
            step.Price = float.NaN;
        ForecastingOptions masked = Options with { MissingValues = MissingValues.Mask };
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => TinyForecasting.Fit(steps, masked)).Message, "'Price' has no value");
    }

    // Of the loads and of the prices, at different steps; at the start of windows, within and at their end.
    private static Step[] Holes(int count, string series = "a") => [.. TinyForecasting.Steps(count, series.Length, series).Select((step, i) => new Step
    {
        Series = series, Time = step.Time,
        Load = i % 20 is 11 or 12 or 15 ? float.NaN : step.Load, Price = i % 17 is 3 or 4 ? float.NaN : step.Price,
    })];

    private static float[] Onnx(SequenceModel model, float[] window, float[] future)
    {
        using var file = new MemoryStream();
        model.SaveOnnx(file, new OnnxOptions());
        using OnnxSession session = OnnxLog.Quietly(() => new OnnxSession(file.ToArray()));
        var sequence = new OnnxTensor("Sequence", window, 1, Context, 2);
        OnnxTensor[] inputs = future.Length == 0 ? [sequence] : [sequence, new OnnxTensor("Future", future, 1, Horizon, 1)];
        return [.. session.Run(inputs)["Forecast"].Floats];
    }
}
