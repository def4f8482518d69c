using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Tests.Torch;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using TorchSharp;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Forecasts of distributions: their formulas, what is learned of series whose distribution is known, and how they are read.</summary>
[TestClass]
public sealed class DistributionForecastTests
{
    // Densities and probabilities by their closed forms.
    [TestMethod]
    [DataRow(ForecastDistributionKind.Gaussian, new[] { 2.0, 3 }, 5.0, -2.5175508)] // −½ ln 2π − ln 3 − ½
    [DataRow(ForecastDistributionKind.StudentT, new[] { 1.0, 2, 4 }, 1.0, -1.6739764)] // ln (3/8 / 2)
    [DataRow(ForecastDistributionKind.Poisson, new[] { 4.0 }, 2.0, -1.9205585)] // ln (8 e⁻⁴)
    [DataRow(ForecastDistributionKind.NegativeBinomial, new[] { 6.0, 0.5 }, 3.0, -2.2493405)] // r = 2, p = ¼: ln (4 · ¼² · ¾³)
    public void A_log_probability_is_that_of_the_formula(ForecastDistributionKind kind, double[] parameters, double value, double expected) =>
        Assert.AreEqual(expected, ForecastDistribution.Of(kind, parameters).LogProbability(value), 1e-6);

    // e^-1e-6 (1e-6)³ / 3!, and with α: 1 · 2 · 3 / 3! (1e-6)³ at r = 1.
    [TestMethod]
    [DataRow(ForecastDistributionKind.Poisson, new[] { 1e-6 }, -43.2382912)]
    [DataRow(ForecastDistributionKind.NegativeBinomial, new[] { 1e-6, 1 }, -41.4465357)]
    public void A_count_is_possible_and_none_nearly_certain_however_far_the_network_goes(
        ForecastDistributionKind kind, double[] parameters, double ofThree)
    {
        var decoding = new DistributionDecoding(kind, 1);
        var scaling = new ChannelScaling([5], [20]);
        foreach (double network in new[] { -2.1, -8, -1e6 })
        {
            var values = new double[decoding.Parameters];
            float[] given = [(float)network, .. new float[decoding.Parameters - 1]];
            decoding.Apply(given, values, scaling);
            Assert.AreEqual(1e-6, values[0], 1e-15);
            parameters[0] = values[0];
            ForecastDistribution distribution = ForecastDistribution.Of(kind, parameters);
            Assert.AreEqual(-1e-6, distribution.LogProbability(0), 1e-9);
            Assert.AreEqual(ofThree, distribution.LogProbability(3), 1e-4);
            // Standardised as a count is, and not as the network says it.
            Assert.AreEqual((1e-6 - 5) / 20, decoding.StandardMeans(given, scaling)[0], 1e-6);
        }

        Assert.AreEqual(0, ForecastDistribution.Of(ForecastDistributionKind.Poisson, 0).LogProbability(0), 1e-12);
    }

    [TestMethod]
    public void Quantiles_are_those_of_published_tables()
    {
        ForecastDistribution normal = ForecastDistribution.Of(ForecastDistributionKind.Gaussian, 10, 2), t = ForecastDistribution.Of(
            ForecastDistributionKind.StudentT, 0, 1, 5);
        Assert.AreEqual(10 + 2 * 1.959963985, normal.Quantile(0.975), 1e-8);
        Assert.AreEqual(10 - 2 * 2.326347874, normal.Quantile(0.01), 1e-8);
        Assert.AreEqual(10, normal.Quantile(0.5), 1e-12);
        // Abramowitz and Stegun, table 26.10.
        Assert.AreEqual(2.015048, t.Quantile(0.95), 1e-6);
        Assert.AreEqual(-2.570582, t.Quantile(0.025), 1e-6);
        Assert.AreEqual(Math.Sqrt(5.0 / 3), t.StandardDeviation, 1e-12);
    }

    [TestMethod]
    [DataRow(ForecastDistributionKind.Poisson, new[] { 0.3 })]
    [DataRow(ForecastDistributionKind.Poisson, new[] { 40.0 })]
    [DataRow(ForecastDistributionKind.NegativeBinomial, new[] { 7.0, 0.4 })]
    [DataRow(ForecastDistributionKind.NegativeBinomial, new[] { 120.0, 2.5 })]
    public void Quantiles_and_moments_of_counts_are_those_of_their_probabilities(ForecastDistributionKind kind, double[] parameters)
    {
        var distribution = ForecastDistribution.Of(kind, parameters);
        double[] shares = [.. Enumerable.Range(0, 20_000).Select(count => Math.Exp(distribution.LogProbability(count)))];
        double mean = shares.Select((share, count) => share * count).Sum();
        Assert.AreEqual(1, shares.Sum(), 1e-9);
        Assert.AreEqual(distribution.Mean, mean, 1e-6 * mean);
        Assert.AreEqual(distribution.StandardDeviation, Math.Sqrt(shares.Select((share, count) => share * (count - mean) * (count - mean)).Sum()), 1e-5 * mean);
        foreach (double level in new[] { 0.01, 0.3, 0.5, 0.77, 0.99 })
        {
            double sum = 0;
            int expected = Enumerable.Range(0, shares.Length).First(count => (sum += shares[count]) >= level);
            Assert.AreEqual(expected, distribution.Quantile(level), $"{level}");
        }
    }

    [TestMethod]
    public void The_loss_of_training_is_the_mean_negative_log_probability_in_its_units()
    {
        TorchRuntime.EnsureLoaded();
        ChannelScaling scaling = new([5, 3], [2, 4]);
        foreach (ForecastDistributionKind kind in Enum.GetValues<ForecastDistributionKind>())
        {
            const int rows = 4, horizon = 3, targets = 2;
            var task = new Forecasting
            {
                Targets = [new ChannelColumn("y", ["a", "b"])],
                Context = 4,
                Horizon = horizon,
                Distribution = kind,
                Normalization = WindowNormalization.None,
            };
            bool counts = kind is ForecastDistributionKind.Poisson or ForecastDistributionKind.NegativeBinomial;
            float[] output = SequenceBatch.Random(rows, 1, task.ForecastSize, seed: 3).Floats;
            var random = new Random(4);
            double[] values = [.. Enumerable.Range(0, rows * horizon * targets).Select(_ => (double)random.Next(12))];
            float[] target = [.. values.Select((value, i) => (float)((value - scaling.Mean[i % targets]) / scaling.Deviation[i % targets]))];
            // A missing value does not count.
            target[5] = float.NaN;
            double sum = 0;
            for (int row = 0; row < rows; row++)
            {
                var parameters = new double[task.ForecastSize];
                task.Decoded.Apply([.. output.AsSpan(row * task.ForecastSize, task.ForecastSize)], parameters, scaling);
                foreach ((int i, ForecastDistribution distribution) in ForecastDistribution.Of(task, parameters).Index())
                {
                    int at = row * horizon * targets + i;
                    // In deviations, the density is larger by the deviation.
                    sum -= at == 5 ? 0 : distribution.LogProbability(values[at]) + (counts ? 0 : Math.Log(scaling.Deviation[i % targets]));
                }
            }

            using var scope = torch.NewDisposeScope();
            torch.Tensor given = torch.tensor(output).view(rows, task.ForecastSize).requires_grad_(true);
            var batch = new Batch(torch.zeros(rows, 1), torch.tensor(target).view(rows, horizon * targets), rows)
            {
                HasGaps = true,
                Units = torch.tensor(Enumerable.Repeat(new[] { 5f, 3, 2, 4 }, rows).SelectMany(one => one).ToArray()).view(rows, 2, targets),
            };
            torch.Tensor loss = new ForecastingObjective(null, task).Loss(given, batch);
            Assert.AreEqual(sum / (target.Length - 1), loss.item<float>(), 1e-4, $"{kind}");
            loss.backward();
            Assert.IsTrue(given.grad!.isfinite().all().item<bool>(), $"{kind}");
        }
    }

    [TestMethod]
    public void A_distribution_is_learned_from_values_that_have_it()
    {
        var random = new Random(7);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        int Poisson(double mean)
        {
            int count = 0;
            for (double product = random.NextDouble(); product > Math.Exp(-mean); product *= random.NextDouble())
                count++;
            return count;
        }

        // A sum of two squared normal numbers has the gamma distribution of shape 1: with it as the mean, a Poisson count is negative binomial with α = 1.
        AssertLearned(ForecastOutput.Gaussian, () => 20 + 3 * Normal(), [20, 3]);
        AssertLearned(ForecastOutput.Poisson, () => Poisson(4), [4]);
        AssertLearned(ForecastOutput.NegativeBinomial, () => Poisson(3 * (Math.Pow(Normal(), 2) + Math.Pow(Normal(), 2))), [6, 1]);
    }

    [TestMethod]
    public void A_column_has_a_slot_for_each_parameter_and_is_judged_by_its_quantiles()
    {
        List<Step> rows = Steps(120);
        using ForecastingTransformer model = Fit(rows, Options with { Output = ForecastOutput.Gaussian });
        IDataView scored = model.Transform(View(new MLContext(), rows));
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["Forecast"].GetSlotNames(ref names);
        CollectionAssert.AreEqual(new[] { "Load+1 mean", "Load+1 deviation", "Load+2 mean" },
            names.DenseValues().Take(3).Select(name => name.ToString()).ToArray());
        ForecastingMetrics metrics = new MLContext().Forecasting.EvaluateSequence(scored);
        (float Mean, float Deviation, float Actual)[] all = [.. Column(scored).Zip(Column(scored, "Actual")).Where(row => !float.IsNaN(row.First[0])
            && !row.Second.Any(float.IsNaN)).SelectMany(row => Enumerable.Range(0, Horizon).Select(step =>
                (row.First[2 * step], row.First[2 * step + 1], row.Second[step])))];
        Assert.AreEqual(all.Average(one => Math.Abs((double)one.Mean - one.Actual)), metrics.MeanAbsoluteError, 1e-4);
        IntervalScores ninety = metrics.Overall.Quantiles!.Intervals.Single(interval => Math.Abs(interval.Level - 0.9) < 1e-9);
        Assert.AreEqual(all.Average(one => 2 * 1.644853627 * one.Deviation), ninety.Width, 1e-4);

        ForecastDistribution[] ahead = model.Model.ForecastDistributions([.. rows.TakeLast(Context).Select(row => (double)row.Load)]);
        Close.AssertEqual(Close.Doubles(Column(scored)[^1]), [.. ahead.SelectMany(one => one.Parameters)], 1e-4, "parameters");
        Assert.AreEqual(ahead[0].Mean, model.Forecast(View(new MLContext(), rows))[0].Forecast, 1e-6);
    }

    [TestMethod]
    public void What_a_distribution_cannot_have_is_refused()
    {
        List<Step> rows = Steps(60);
        rows[17].Load = -1;
        foreach (ForecastOutput output in (ForecastOutput[])[ForecastOutput.Poisson, ForecastOutput.NegativeBinomial])
        {
            StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Fit(rows, Options with { Output = output })).Message,
                "The column of 'Load' is -1 in row 18 of the data: a ");
        }

        string Message(ForecastingOptions options) => Assert.ThrowsExactly<ArgumentException>(() => Fit(rows, options)).Message;
        ForecastingOptions gaussian = Options with { Output = ForecastOutput.Gaussian };
        StringAssert.Contains(Message(gaussian with { Normalization = WindowNormalization.Mean }), "Normalization must be None with a distribution");
        StringAssert.Contains(Message(gaussian with { Intervals = new() }), "the bounds of a distribution are its quantiles");
        StringAssert.Contains(Message(gaussian with { Loss = RegressionLoss.Absolute }), "distributions their likelihood");
    }

    /// <summary>A model of values that are drawn anew at each step.</summary>
    internal static ForecastingTransformer Learned(IEnumerable<Step> rows, ForecastOutput output) => Fit(rows, Options with
    {
        Context = 2,
        Horizon = 1,
        Output = output,
        Training = new TrainingOptions { Epochs = 40, LearningRate = 5e-3, BatchSize = 128, Seed = 1, Threads = 1 },
    }, new WindowMlp { HiddenSize = 4 });

    private static void AssertLearned(ForecastOutput output, Func<double> draw, double[] expected)
    {
        Step[] rows = [.. Enumerable.Range(0, 2000).Select(_ => new Step { Load = (float)draw() })];
        using ForecastingTransformer model = Learned(rows, output);
        float[][] forecasts = [.. Column(model.Transform(View(new MLContext(), rows))).Skip(1)];
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], forecasts.Average(row => row[i]), 0.12 * expected[i], $"{output.Distribution}, {i}");
    }
}
