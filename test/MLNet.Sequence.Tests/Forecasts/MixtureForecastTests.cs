using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tests.Onnx;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Mixtures of normal distributions as forecasts: their formulas, and values with two peaks.</summary>
[TestClass]
public sealed class MixtureForecastTests
{
    // ¼ of N(−2, 0.5), ½ of N(1, 2), ¼ of N(6, 1): mean 1.5.
    private static readonly double[] Parameters = [1.5, 0.25, -2, 0.5, 0.5, 1, 2, 0.25, 6, 1];

    private static ForecastDistribution Mixture => ForecastDistribution.Of(ForecastDistributionKind.MixtureOfGaussians, Parameters);

    private static double Density(double x) => Parameters.Skip(1).Chunk(3)
        .Sum(one => one[0] / (one[2] * Math.Sqrt(2 * Math.PI)) * Math.Exp(-Math.Pow(x - one[1], 2) / (2 * one[2] * one[2])));

    [TestMethod]
    public void Density_moments_and_quantiles_are_those_of_numerical_integration()
    {
        const double low = -40, step = 1e-4;
        double[] densities = [.. Enumerable.Range(0, 800_000).Select(i => Density(low + (i + 0.5) * step))];
        double Integral(Func<double, double> of) => densities.Select((density, i) => density * of(low + (i + 0.5) * step) * step).Sum();
        Assert.AreEqual(1, Integral(_ => 1), 1e-9);
        Assert.AreEqual(Mixture.Mean, Integral(x => x), 1e-8);
        Assert.AreEqual(Mixture.StandardDeviation, Math.Sqrt(Integral(x => (x - 1.5) * (x - 1.5))), 1e-8);
        foreach (double x in new[] { -3.0, -1, 0.2, 5, 30 })
            Assert.AreEqual(Math.Log(Density(x)), Mixture.LogProbability(x), 1e-9);
        // Where the density itself is 0 in double.
        Assert.AreEqual(Math.Log(0.5 / (2 * Math.Sqrt(2 * Math.PI))) - 0.5 * Math.Pow(199 / 2.0, 2), Mixture.LogProbability(200), 1e-6);
        foreach (double level in new[] { 1e-4, 0.05, 0.25, 0.2500001, 0.5, 0.75, 0.95, 0.9999 })
        {
            double sum = 0;
            int place = Array.FindIndex(densities, density => (sum += density * step) >= level);
            Assert.AreEqual(low + (place + 1) * step, Mixture.Quantile(level), 2 * step, $"{level}");
        }
    }

    [TestMethod]
    public void Far_components_have_a_quantile_between_them_and_equal_ones_are_one_normal_distribution()
    {
        // Half of the probability is below anything between the two: any value is a median, and others belong to one of them.
        var far = ForecastDistribution.Of(ForecastDistributionKind.MixtureOfGaussians, 0, 0.5, -1000, 1, 0.5, 1000, 1);
        Assert.AreEqual(-1000, far.Quantile(0.25), 1e-6);
        Assert.AreEqual(1000, far.Quantile(0.75), 1e-6);
        Assert.IsTrue(Math.Abs(far.Quantile(0.5)) < 1000);
        var same = ForecastDistribution.Of(ForecastDistributionKind.MixtureOfGaussians, 10, 0.3, 10, 2, 0.7, 10, 2);
        var normal = ForecastDistribution.Of(ForecastDistributionKind.Gaussian, 10, 2);
        foreach (double level in new[] { 0.01, 0.4, 0.975 })
            Assert.AreEqual(normal.Quantile(level), same.Quantile(level), 1e-9);
        Assert.AreEqual(normal.LogProbability(13), same.LogProbability(13), 1e-12);
        Assert.AreEqual("MixtureOfGaussians(mean 10, weight1 0.3, mean1 10, deviation1 2, weight2 0.7, mean2 10, deviation2 2)", same.ToString());
    }

    [TestMethod]
    public void Two_peaks_are_learned_that_no_normal_distribution_has()
    {
        var random = new Random(7);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        Step[] rows = [.. Enumerable.Range(0, 2000).Select(_ => new Step { Load = (float)(random.NextDouble() < 0.3 ? 10 + Normal() : 50 + 2 * Normal()) })];
        double CrpsOf(ForecastOutput output, out ForecastDistribution ahead)
        {
            using ForecastingTransformer model = DistributionForecastTests.Learned(rows, output);
            IDataView scored = model.Transform(View(new MLContext(), rows));
            ahead = model.Model.ForecastDistributions([10.0, 50])[0];
            return new MLContext().Forecasting.EvaluateSequence(scored).Overall.Quantiles!.ContinuousRankedProbabilityScore;
        }

        double mixed = CrpsOf(ForecastOutput.MixtureOfGaussians(2), out ForecastDistribution ahead), one = CrpsOf(ForecastOutput.Gaussian, out _);
        Assert.AreEqual(0.3 * 10 + 0.7 * 50, ahead.Mean, 3);
        Assert.AreEqual(10, ahead.Quantile(0.15), 1);
        Assert.AreEqual(50, ahead.Quantile(0.65), 2);
        Assert.IsTrue(mixed < 0.95 * one, $"{mixed} and {one}");
    }

    // The scaling of each window has a row of its own: as many rows as steps ahead could be mistaken for them.
    [TestMethod]
    [DataRow(Horizon)]
    [DataRow(Horizon + 2)]
    public void In_ONNX_a_series_that_was_not_in_training_is_scaled_by_its_own_window(int count)
    {
        using ForecastingTransformer model = Fit(Interleaved(Steps(60), Steps(60, 2, "b")),
            SeriesOptions with { Output = ForecastOutput.MixtureOfGaussians(2), Normalization = WindowNormalization.None });
        float[][] windows = [.. Enumerable.Range(0, count)
            .Select(row => Steps(Context, 4 + row).SelectMany(step => new[] { step.Load, step.Price }).ToArray())];
        using var file = new MemoryStream();
        model.Model.SaveOnnx(file, new OnnxOptions());
        using OnnxSession session = OnnxLog.Quietly(() => new OnnxSession(file.ToArray()));
        float[] all = [.. windows.SelectMany(window => window)];
        float[] found = [.. session.Run(new OnnxTensor("Sequence", all, count, Context, 2))["Forecast"].Floats];
        AssertNear([.. windows.Select(window => model.Model.Forecast(window, "new"))], [.. found.Chunk(found.Length / count)], 1e-4);
    }

    [TestMethod]
    public void A_model_keeps_its_components_and_a_wrong_number_of_them_is_refused()
    {
        List<Step> rows = Steps(60);
        using ForecastingTransformer model = Fit(rows, Options with { Output = ForecastOutput.MixtureOfGaussians(2) });
        using var file = new MemoryStream();
        model.Model.Save(file);
        SequenceModel loaded = SequenceModel.Load(new MemoryStream(file.ToArray()));
        Assert.AreEqual(2, ((Forecasting)loaded.Task).Components);
        double[] history = [.. rows.TakeLast(Context).Select(row => (double)row.Load)];
        CollectionAssert.AreEqual(model.Model.ForecastDistributions(history), loaded.ForecastDistributions(history));
        IDataView scored = model.Transform(View(new MLContext(), rows));
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["Forecast"].GetSlotNames(ref names);
        CollectionAssert.AreEqual(new[] { "Load+1 mean", "Load+1 weight1", "Load+1 mean1", "Load+1 deviation1", "Load+1 weight2" },
            names.DenseValues().Take(5).Select(name => name.ToString()).ToArray());
        foreach (int wrong in new[] { 0, 1, 51 })
        {
            StringAssert.Contains(
                Assert.ThrowsExactly<ArgumentException>(() => Fit(rows, Options with { Output = ForecastOutput.MixtureOfGaussians(wrong) })).Message,
                $"must have 2 to 50 components; found {wrong}");
        }
    }
}
