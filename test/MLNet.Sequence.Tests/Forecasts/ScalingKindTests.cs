using Microsoft.ML;
using MLNet.Sequence.Data;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tests.Onnx;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Series scaled by median and quartiles, range or mean absolute value: fitted on training rows, inverted exactly, the same everywhere.</summary>
[TestClass]
public sealed class ScalingKindTests
{
    private static readonly MLContext Ml = new(seed: 1);

    public static IEnumerable<object[]> Kinds => Enum.GetValues<ScalingKind>().Select(kind => new object[] { kind });

    private static ForecastingOptions Options => TinyForecasting.SeriesOptions with { Normalization = WindowNormalization.None };

    // 1, 2, 3, 4 and 100: quartiles 2 and 4, mean 22, squared differences 441, 400, 361, 324 and 6084.
    [TestMethod]
    [DataRow(ScalingKind.Standard, 22, 39.012818)]
    [DataRow(ScalingKind.Robust, 3, 2 / 1.349)]
    [DataRow(ScalingKind.MinMax, 1, 99)]
    [DataRow(ScalingKind.MeanAbsolute, 0, 22)]
    public void Centre_and_scale_are_those_of_the_known_values(ScalingKind kind, double centre, double scale)
    {
        SeriesScaling scaling = Fit(kind, ("a", [4, 1, double.NaN, 100, 3, 2]));
        Assert.AreEqual(centre, scaling["a"].Mean[0], 1e-5);
        Assert.AreEqual(scale, scaling["a"].Deviation[0], 1e-5);
        Assert.AreEqual(39.012818, scaling.Pooled.Moments.Deviation[0], 1e-5);
        // A window of a new series has its own.
        ChannelScaling own = scaling.Of("new", [8, 2, double.NaN, 200, 6, 4], [], new ScalingRule(kind, 1));
        Assert.AreEqual(2 * centre, own.Mean[0], 1e-5);
        Assert.AreEqual(2 * scale, own.Deviation[0], 1e-5);
    }

    [TestMethod]
    public void What_has_no_scale_has_the_standard_deviation_or_that_of_all_series()
    {
        // Three of four values are alike: the quartiles are equal.
        SeriesScaling robust = Fit(ScalingKind.Robust, ("a", [0, 0, 0, 0, 0, 0, 8, 0]), ("b", [5, 5, 5, 5, 5, 5, 5, 5]));
        Assert.AreEqual((0.0, Math.Sqrt(7)), (robust["a"].Mean[0], robust["a"].Deviation[0]));
        Assert.AreEqual((5.0, robust.Pooled.Deviation[0]), (robust["b"].Mean[0], robust["b"].Deviation[0]));
        foreach (ScalingKind kind in Enum.GetValues<ScalingKind>())
        {
            SeriesScaling constant = Fit(kind, ("a", [3, 3, 3]));
            Assert.AreEqual(1.0, constant.Pooled.Deviation[0]);
            Assert.IsTrue(constant.Pooled.IsConstant(0));
        }
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void All_ways_of_forecasting_agree_and_errors_are_in_standard_deviations(ScalingKind kind)
    {
        List<Step> rows = TinyForecasting.Interleaved(TinyForecasting.Steps(60), TinyForecasting.Steps(50, 2, "b"));
        using ForecastingTransformer model = TinyForecasting.Fit(rows, Options with { Scaling = kind });
        using var memory = new MemoryStream();
        model.Model.Save(memory);
        SequenceModel loaded = SequenceModel.Load(new MemoryStream(memory.ToArray()));
        Assert.AreEqual(kind, ((Forecasting)loaded.Task).Scaling);
        Assert.AreEqual(model.Model.Scaling.Pooled, loaded.Scaling.Pooled);
        Assert.AreEqual(model.Model.Scaling["b"], loaded.Scaling["b"]);
        rows = [.. rows, .. TinyForecasting.Steps(30, 4, "new")];
        float[][] batch = TinyForecasting.Column(model.Transform(TinyForecasting.View(Ml, rows)));
        SequenceSession session = loaded.CreateSession();
        var output = new float[session.OutputSize];
        var windows = new Dictionary<string, List<float>>(StringComparer.Ordinal);
        foreach ((int place, Step row) in rows.Index())
        {
            session.Step(row.Series, [row.Load, row.Price], output);
            TinyForecasting.AssertNear([batch[place]], [output], 1e-4);
            List<float> seen = windows.TryGetValue(row.Series, out List<float>? own) ? own : windows[row.Series] = [];
            seen.AddRange([row.Load, row.Price]);
            if (seen.Count < 2 * TinyForecasting.Context)
                continue;
            float[] window = [.. seen.TakeLast(2 * TinyForecasting.Context)];
            TinyForecasting.AssertNear([batch[place]], [loaded.Forecast(window, row.Series)], 1e-4);
            if (row.Series == "b" && place % 7 == 0)
                TinyForecasting.AssertNear([batch[place]], [Onnx(loaded, window)], 1e-3);
        }

        ForecastingMetrics metrics = Ml.Forecasting.EvaluateSequence(model.Transform(TinyForecasting.View(Ml, rows)));
        // Fitted without the tail for validation.
        double[] trained = [.. new[] { ("a", 60), ("b", 50) }.SelectMany(series => rows.Where(row => row.Series == series.Item1)
            .Take(series.Item2 - (series.Item2 + 9) / 10).Select(row => (double)row.Load))];
        double mean = trained.Average(), deviation = Math.Sqrt(trained.Average(value => Math.Pow(value - mean, 2)));
        Assert.AreEqual(metrics.MeanAbsoluteError / deviation, metrics.StandardizedMeanAbsoluteError, 1e-6);
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void Scaling_is_inverted_exactly_and_fitted_without_the_validation_tail(ScalingKind kind)
    {
        List<Step> rows = TinyForecasting.Steps(100);
        // An extreme value in the tail.
        rows[97].Load = 1e6f;
        using ForecastingTransformer naive = TinyForecasting.Fit(rows, Options with { Scaling = kind }, new Naive());
        SeriesScaling expected = Fit(kind, ("a", [.. rows[..90].Select(row => (double)row.Load)]));
        Assert.AreEqual(expected["a"].Mean[0], naive.Model.Scaling["a"].Mean[0], 1e-9);
        Assert.AreEqual(expected["a"].Deviation[0], naive.Model.Scaling["a"].Deviation[0], 1e-9);
        float[][] forecasts = TinyForecasting.Column(naive.Transform(TinyForecasting.View(Ml, rows)));
        for (int row = TinyForecasting.Context - 1; row < 97; row++)
            Assert.AreEqual(rows[row].Load, forecasts[row][2], 1e-4f * rows[row].Load);
    }

    [TestMethod]
    public void What_a_kind_cannot_do_is_refused_or_told()
    {
        using ForecastingTransformer robust = TinyForecasting.Fit(TinyForecasting.Steps(60), Options with { Scaling = ScalingKind.Robust });
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => robust.Model.SaveOnnx(new MemoryStream(), new OnnxOptions())).Message,
            "Series must name a training series for a forecaster with ScalingKind.Robust");
        var log = new List<string>();
        var ml = new MLContext(seed: 1);
        ml.Log += (_, entry) => log.Add(entry.Message);
        List<Step> high = TinyForecasting.Steps(60);
        high.ForEach(row => row.Load += 1e5f);
        using ForecastingTransformer absolute = ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, Options with { Scaling = ScalingKind.MeanAbsolute })
            .Fit(TinyForecasting.View(ml, high));
        Assert.IsTrue(log.Any(line => line.Contains("'Load': the level is far above the changes", StringComparison.Ordinal)));
    }

    // Differences of about 1000 that deviate by less than 0.1.
    [TestMethod]
    public void Differences_far_above_their_own_changes_are_warned_of_too()
    {
        var log = new List<string>();
        var ml = new MLContext(seed: 1);
        ml.Log += (_, entry) => log.Add(entry.Message);
        List<Step> ramp = TinyForecasting.Steps(60);
        foreach ((int place, Step row) in ramp.Index())
            row.Load = 1000 * place + 0.0625f * (place % 2);
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, Options with
        {
            Scaling = ScalingKind.MeanAbsolute,
            Differencing = Differencing.First,
        }).Fit(TinyForecasting.View(ml, ramp));
        Assert.IsTrue(log.Any(line => line.Contains("'Load': the level is far above the changes", StringComparison.Ordinal)));
    }

    // The logarithms of 2, 3, 4, 5 and 101, by hand.
    [TestMethod]
    public void Logarithms_are_those_of_one_more_than_the_value_and_only_of_targets()
    {
        SeriesScaling scaling = Fit(ScalingKind.Log1p, ("a", [4, 1, double.NaN, 100, 3, 2]));
        Assert.AreEqual(1.880523, scaling["a"].Mean[0], 1e-5);
        Assert.AreEqual(1.401215, scaling["a"].Deviation[0], 1e-5);
        double[] values = new double[2];
        scaling["a"].Undo([0, -9], values, 1);
        Assert.AreEqual(Math.Exp(1.880523) - 1, values[0], 1e-4);
        Assert.AreEqual(0.0, values[1]);
        var set = new SeriesSet(["Load", "Price"]);
        for (int step = 0; step < 9; step++)
            set.Add("a", [step * step, step * step]);
        ChannelScaling both = SeriesScaling.Fit(set, series => series.Length, [], new ScalingRule(ScalingKind.Log1p, 1))["a"];
        Assert.AreEqual(Enumerable.Range(0, 9).Average(step => Math.Log(1 + step * step)), both.Mean[0], 1e-12);
        Assert.AreEqual(Enumerable.Range(0, 9).Average(step => step * step), both.Mean[1], 1e-12);
    }

    [TestMethod]
    [DataRow(ScalingKind.Standard)]
    [DataRow(ScalingKind.Robust)]
    [DataRow(ScalingKind.MinMax)]
    [DataRow(ScalingKind.MeanAbsolute)]
    [DataRow(ScalingKind.Log1p)]
    [DataRow(ScalingKind.BoxCox)]
    public void A_channel_without_a_value_in_the_window_of_an_unknown_series_is_scaled_as_all_series_are(ScalingKind kind)
    {
        var set = new SeriesSet(["Load", "Price"]);
        for (int step = 0; step < 9; step++)
            set.Add("a", [step + 1, 100 * step * step]);
        var rule = new ScalingRule(kind, 2);
        SeriesScaling scaling = SeriesScaling.Fit(set, series => series.Length, [], rule);

        ChannelScaling own = scaling.Of("new", [5, double.NaN, 9, double.NaN, 6, double.NaN], [], rule);

        Assert.AreEqual(scaling.Pooled.Mean[1], own.Mean[1], 1e-12);
        Assert.AreEqual(scaling.Pooled.Deviation[1], own.Deviation[1], 1e-12);
        Assert.AreEqual(rule.HasPowers, own.Power(1) is not null);
        // The other channel is that of the window.
        Assert.AreNotEqual(scaling.Pooled.Deviation[0], own.Deviation[0]);
    }

    [TestMethod]
    public void Forecasts_of_logarithms_are_never_negative_and_negative_values_are_refused_in_training_and_0_in_scoring()
    {
        List<Step> rows = TinyForecasting.Steps(80);
        var random = new Random(3);
        rows.ForEach(row => row.Load = random.Next(4) == 0 ? random.Next(3) : 0);
        ForecastingOptions options = Options with { Scaling = ScalingKind.Log1p };
        using ForecastingTransformer model = TinyForecasting.Fit(rows, options with { Output = ForecastOutput.Quantiles(0.05, 0.5, 0.95) });
        float[][] forecasts = TinyForecasting.Column(model.Transform(TinyForecasting.View(Ml, rows)));
        Assert.IsTrue(forecasts[TinyForecasting.Context..].All(row => row.All(value => value >= 0)));
        ForecastingOptions other = options with { Scaling = ScalingKind.Standard, Output = ForecastOutput.Quantiles(0.05) };
        using ForecastingTransformer standard = TinyForecasting.Fit(rows, other);
        float[][] below = TinyForecasting.Column(standard.Transform(TinyForecasting.View(Ml, rows)));
        Assert.IsTrue(below[TinyForecasting.Context..].Any(row => row.Any(value => value < 0)));
        double[] Of(double value) => model.Model.Forecast([.. Enumerable.Range(0, 8).SelectMany(i => new[] { i == 5 ? value : 2, 5.0 })], "a");
        CollectionAssert.AreEqual(Of(0), Of(-7));
        rows[33].Load = -3;
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => TinyForecasting.Fit(rows, options)).Message,
            "The value of column 'Load' is -3 in row 34 (series 'a'): ScalingKind.Log1p needs targets of at least 0");
    }

    [TestMethod]
    public void Logarithms_with_missing_values_agree_in_batches_sessions_and_graphs_and_have_no_certificate()
    {
        List<Step> rows = [.. TinyForecasting.Steps(60, series: "b")];
        foreach (int hole in new[] { 5, 21, 22, 40 })
            rows[hole].Load = float.NaN;
        ForecastingOptions options = Options with { Scaling = ScalingKind.Log1p, MissingValues = MissingValues.Forward };
        using ForecastingTransformer model = TinyForecasting.Fit(rows, options, new StableRnn { HiddenSize = 3 });
        StringAssert.Contains(model.Model.Certificate.Why!, "ScalingKind.Log1p");
        float[][] batch = TinyForecasting.Column(model.Transform(TinyForecasting.View(Ml, rows)));
        SequenceSession session = model.Model.CreateSession();
        var output = new float[session.OutputSize];
        foreach ((int place, Step row) in rows.Index())
        {
            session.Step("b", [row.Load, row.Price], output);
            TinyForecasting.AssertNear([batch[place]], [output], 1e-4);
            if (place >= TinyForecasting.Context && place % 5 == 2)
            {
                IEnumerable<Step> window = rows.Take(place + 1).TakeLast(TinyForecasting.Context);
                TinyForecasting.AssertNear([batch[place]], [Onnx(model.Model, [.. window.SelectMany(step => new[] { step.Load, step.Price })])], 1e-3);
            }
        }
    }

    private static SeriesScaling Fit(ScalingKind kind, params (string Key, double[] Values)[] series)
    {
        var set = new SeriesSet(["Load"]);
        foreach ((string key, double[] values) in series)
        {
            foreach (double value in values)
                set.Add(key, [value]);
        }

        return SeriesScaling.Fit(set, series => series.Length, [], new ScalingRule(kind, 1));
    }

    private static float[] Onnx(SequenceModel model, float[] window)
    {
        using var file = new MemoryStream();
        model.SaveOnnx(file, new OnnxOptions { Series = "b" });
        using OnnxSession session = OnnxLog.Quietly(() => new OnnxSession(file.ToArray()));
        return [.. session.Run(new OnnxTensor("Sequence", window, 1, TinyForecasting.Context, 2))["Forecast"].Floats];
    }
}
