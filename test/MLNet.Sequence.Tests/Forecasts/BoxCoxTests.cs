using Microsoft.ML;
using MLNet.Sequence.Data;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tests.Onnx;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>The power of a Box–Cox transform: its likelihood, what it does to zeros and to series that were not in training, and its inverse.</summary>
[TestClass]
public sealed class BoxCoxTests
{
    private static readonly MLContext Ml = new(seed: 1);
    private static readonly ScalingRule Rule = new(ScalingKind.BoxCox, 1);

    // Monthly passengers of international airlines in thousands, 1949 to 1960 (Box and Jenkins, "Time series analysis", 1976, series G).
    internal static readonly double[] Passengers =
    [
        112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135, 125, 149, 170, 170, 158, 133, 114, 140,
        145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166, 171, 180, 193, 181, 183, 218, 230, 242, 209, 191, 172, 194,
        196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201, 204, 188, 235, 227, 234, 264, 302, 293, 259, 229, 203, 229,
        242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278, 284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306,
        315, 301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336, 340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337,
        360, 342, 406, 396, 420, 472, 548, 559, 463, 407, 362, 405, 417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432,
    ];

    private static ForecastingOptions Options =>
        TinyForecasting.SeriesOptions with { Normalization = WindowNormalization.None, Scaling = ScalingKind.BoxCox };

    // 0.14802265: what scipy.stats.boxcox prints for this series in many a tutorial.
    [TestMethod]
    public void The_power_of_the_airline_passengers_is_the_published_one() => Assert.AreEqual(0.14802265, BoxCox.Lambda([Passengers]), 1e-5);

    [TestMethod]
    [DataRow(0.3, 5.0)]
    [DataRow(0.5, 400.0)]
    [DataRow(1.0, 30.0)]
    [DataRow(1.6, 1e8)]
    public void No_other_power_is_likelier(double power, double level)
    {
        var random = new Random(3);
        // Normal after the transform, by the sum of twelve uniform numbers.
        double[] values = [.. Enumerable.Range(0, 400).Select(_ =>
            Math.Pow(Math.Pow(level, power) * (1 + 0.1 * (Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6)), 1 / power))];
        double found = BoxCox.Lambda([values]);
        double best = Enumerable.Range(0, 2001).Select(i => i / 1000.0).MaxBy(lambda => LogLikelihood(lambda, values));
        Assert.AreEqual(best, found, 1e-3);
        // The unit of the values is no matter.
        Assert.AreEqual(found, BoxCox.Lambda([[.. values.Select(value => value / 1000)]]), 1e-5);
    }

    [TestMethod]
    public void Several_series_share_the_power_that_fits_each_at_its_own_level()
    {
        double[] first = Passengers[..72], second = [.. Passengers[72..].Select(value => 1000 * value)];
        double best = Enumerable.Range(0, 2001).Select(i => i / 1000.0).MaxBy(lambda => LogLikelihood(lambda, first) + LogLikelihood(lambda, second));
        Assert.AreEqual(best, BoxCox.Lambda([first, second, [7, 7, 7]]), 1e-3);
        SeriesScaling scaling = Fit(("a", first), ("b", second), ("c", [7, 7, 7]));
        Assert.AreEqual(best, scaling.Pooled.Power(0)!.Lambda, 1e-3);
        Assert.AreEqual(BoxCox.Lambda([first]), scaling["a"].Power(0)!.Lambda);
        Assert.AreNotEqual(scaling["a"].Power(0)!.Lambda, scaling["b"].Power(0)!.Lambda);
        Assert.AreEqual(scaling.Pooled.Power(0)!.Lambda, scaling["c"].Power(0)!.Lambda);
        // A new series has the power of all, and the smallest value of its own window.
        PowerTransform own = scaling.Of("new", [0.004, 0.002, 0.006, 0.005], [], Rule).Power(0)!;
        Assert.AreEqual(new PowerTransform(scaling.Pooled.Power(0)!.Lambda, 0, 0.001), own);
    }

    // A likelihood of rounding errors would be one of many values, and decide.
    [TestMethod]
    public void A_series_that_varies_only_by_rounding_does_not_decide_the_common_power()
    {
        double[] rounded = [.. Enumerable.Range(0, 1000).Select(step => step % 3 == 0 ? Math.BitIncrement(1.0) : 1.0)];
        Assert.AreEqual(BoxCox.Lambda([Passengers]), BoxCox.Lambda([Passengers, rounded]));
        Assert.AreEqual(1, BoxCox.Lambda([rounded]));
    }

    [TestMethod]
    [DataRow(ScalingKind.BoxCox)]
    [DataRow(ScalingKind.Log1p)]
    public void A_target_without_a_training_value_leaves_the_others_their_transforms(ScalingKind kind)
    {
        var set = new SeriesSet(["A", "B", "Price"]);
        foreach (double value in Passengers)
            set.Add("a", [double.NaN, value, 3 * value]);
        ChannelScaling own = SeriesScaling.Fit(set, series => series.Length, [], new ScalingRule(kind, 2))["a"];
        Assert.AreEqual(kind == ScalingKind.BoxCox ? BoxCox.Lambda([Passengers]) : 0, own.Power(1)!.Lambda);
        Assert.IsNull(own.Power(2));
        double[] transformed = [.. Passengers.Select(own.Power(1)!.Apply)];
        Assert.AreEqual(transformed.Average(), own.Mean[1], 1e-9);
        Assert.AreEqual(3 * Passengers.Average(), own.Mean[2], 1e-9);
        Assert.AreEqual(0, own.Contradictions(new ScalingRule(kind, 2), ofDifferences: false, "scaling").Count());
        // Values that come later are read without a loss.
        foreach (double value in new[] { 0, 0.3, 5000 })
            Assert.AreEqual(value, own.Power(0)!.Undo(own.Power(0)!.Apply(value)), 1e-9 * (1 + value));
    }

    [TestMethod]
    [DataRow(ScalingKind.BoxCox)]
    [DataRow(ScalingKind.Log1p)]
    public void In_ONNX_transforms_are_kept_if_the_mean_is_0_and_the_deviation_1(ScalingKind kind)
    {
        var task = new Forecasting
        {
            Targets = [new ChannelColumn("a", ["a"])],
            Context = 6,
            Horizon = 2,
            Normalization = WindowNormalization.None,
            Scaling = kind,
        };
        SequenceModel model = UntrainedModel.Make(TinyForecasting.TinyLstm, task, ChannelScaling.None(1) with
        {
            Powers = kind == ScalingKind.BoxCox ? [new PowerTransform(0.5, 0, 0.1)] : null,
            Logarithms = kind == ScalingKind.Log1p ? [true] : null,
        });
        float[] window = [4, 9, 1, 0, 2, 7];
        using var file = new MemoryStream();
        model.SaveOnnx(file, new OnnxOptions());
        using OnnxSession session = OnnxLog.Quietly(() => new OnnxSession(file.ToArray()));
        float[] found = [.. session.Run(new OnnxTensor("Sequence", window, 1, 6, 1))["Forecast"].Floats];
        TinyForecasting.AssertNear([model.Forecast(window)], [found], 1e-4);
    }

    [TestMethod]
    public void Centre_and_scale_are_those_of_the_transformed_values()
    {
        ChannelScaling own = Fit(("a", Passengers))["a"];
        double lambda = own.Power(0)!.Lambda;
        double[] transformed = [.. Passengers.Select(value => (Math.Pow(value, lambda) - 1) / lambda)];
        Assert.AreEqual(transformed.Average(), own.Mean[0], 1e-9);
        Assert.AreEqual(Math.Sqrt(transformed.Average(value => Math.Pow(value - own.Mean[0], 2))), own.Deviation[0], 1e-9);
        Assert.AreEqual(Passengers.Average(), own.Moments.Mean[0], 1e-9);
    }

    [TestMethod]
    public void Zeros_shift_the_values_and_come_back_as_zeros()
    {
        ChannelScaling own = Fit(("a", [0, 3, 0, 1, 12, 0, 2, 0.5]))["a"];
        Assert.AreEqual(0.25, own.Power(0)!.Shift);
        foreach (double value in new[] { 0, 0.01, 0.5, 7, 12, 1e6 })
            Assert.AreEqual(value, own.Power(0)!.Undo(own.Power(0)!.Apply(value)), 1e-9 * (1 + value));
        // Far below what was seen: the inverse ends at 0.
        double[] values = new double[1];
        own.Undo([-1e6f], values, 1);
        Assert.AreEqual(0.0, values[0]);
    }

    [TestMethod]
    public void A_high_level_keeps_its_digits()
    {
        double[] high = [.. Enumerable.Range(0, 200).Select(step => 1e8 + 10 * Math.Sin(0.7 * step) + (step % 7))];
        ChannelScaling own = Fit(("a", high))["a"];
        var seen = new float[high.Length];
        own.Apply(high, seen);
        var back = new double[high.Length];
        own.Undo(seen, back, 1);
        for (int i = 0; i < high.Length; i++)
            Assert.AreEqual(high[i], back[i], 1e-4);
        // Through a model, which repeats the last value.
        ForecastingOptions options = TinyForecasting.Options with { Horizon = 2, Scaling = ScalingKind.BoxCox };
        using ForecastingTransformer naive = Ml.Forecasting.Trainers.Sequence(new Naive(), options)
            .Fit(Ml.Data.LoadFromEnumerable(high.Select(value => new Wide { Load = value })));
        Assert.AreEqual(high[57], naive.Model.Forecast(high.AsSpan(50, 8))[1], 1e-4);
    }

    [TestMethod]
    public void Forecasts_are_never_negative_and_a_negative_target_is_refused_with_its_row()
    {
        List<Step> rows = TinyForecasting.Steps(80);
        var random = new Random(3);
        rows.ForEach(row => row.Load = random.Next(4) == 0 ? random.Next(3) : 0);
        using ForecastingTransformer model = TinyForecasting.Fit(rows, Options with { Output = ForecastOutput.Quantiles(0.05, 0.5, 0.95) });
        float[][] forecasts = TinyForecasting.Column(model.Transform(TinyForecasting.View(Ml, rows)));
        Assert.IsTrue(forecasts[TinyForecasting.Context..].All(row => row.All(value => value >= 0)));
        StringAssert.Contains(model.Model.Scaling["a"].Power(0)!.ToString(), "Shift = 0.5");
        rows[33].Load = -3;
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => TinyForecasting.Fit(rows, Options)).Message,
            "The value of column 'Load' is -3 in row 34 (series 'a'): ScalingKind.BoxCox needs targets of at least 0");
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => TinyForecasting.Fit(rows, Options with { Output = ForecastOutput.Gaussian })).Message,
            "Scaling BoxCox is for points");
    }

    [TestMethod]
    public void A_stable_model_has_no_certificate_and_a_damaged_power_is_refused()
    {
        using ForecastingTransformer model = TinyForecasting.Fit(TinyForecasting.Steps(60), Options, new StableRnn { HiddenSize = 3 });
        StringAssert.Contains(model.Model.Certificate.Why!, "ScalingKind.BoxCox");
        ChannelScaling pooled = model.Model.Scaling.Pooled;
        Assert.AreEqual(0, pooled.Problems(2, "scaling").Count());
        StringAssert.Contains((pooled with { Powers = [new PowerTransform(-1, 0, 1)] }).Problems(2, "scaling").Single(), "the power -1");
        StringAssert.Contains((pooled with { Powers = [.. Enumerable.Repeat(PowerTransform.Log1p, 3)] }).Problems(2, "scaling").Single(), "3 power transforms");
    }

    // By the formula, in the values' own unit.
    private static double LogLikelihood(double lambda, double[] values)
    {
        double unit = values.Max();
        double[] scaled = [.. values.Select(value => value / unit)], transformed = [.. scaled.Select(value => lambda == 0 ? Math.Log(value)
            : (Math.Pow(value, lambda) - 1) / lambda)];
        double mean = transformed.Average(), variance = transformed.Average(value => (value - mean) * (value - mean));
        return (lambda - 1) * scaled.Sum(Math.Log) - values.Length / 2.0 * Math.Log(variance);
    }

    private sealed class Wide
    {
        public double Load { get; set; }
    }

    private static SeriesScaling Fit(params (string Key, double[] Values)[] series)
    {
        var set = new SeriesSet(["Load"]);
        foreach ((string key, double[] values) in series)
        {
            foreach (double value in values)
                set.Add(key, [value]);
        }

        return SeriesScaling.Fit(set, series => series.Length, [], Rule);
    }
}
