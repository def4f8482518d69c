using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Training;

[TestClass]
public sealed class LearningRateFinderTests
{
    [TestMethod]
    public void The_rate_of_the_steepest_fall_is_suggested()
    {
        // Flat, a fall around 1e-3, then up: the steepest point of a logistic curve is its middle.
        LearningRateStep[] curve = [.. Enumerable.Range(0, 61).Select(i =>
        {
            double exponent = -6 + i * 0.1, loss = 1 / (1 + Math.Exp(4 * (exponent + 3)));
            // A jump down and back up is not a fall.
            loss += i == 45 ? 3 : 0;
            return new LearningRateStep(Math.Pow(10, exponent), loss);
        })];
        Assert.AreEqual(1e-3, LearningRateFinder.Suggest(curve), 1e-9);
    }

    [TestMethod]
    public void Rates_rise_by_a_constant_factor_and_the_test_ends_where_the_loss_diverges()
    {
        TorchRuntime.EnsureLoaded();
        using TorchNetwork network = LoopRun.Network(dropout: 0);
        LearningRateCurve found = LearningRateFinder.Run(
            network, LoopRun.Job(examples: 200), new TrainingOptions { BatchSize = 10, Optimizer = new Sgd(), ClipNorm = null }, 80);

        double factor = found.Curve[1].LearningRate / found.Curve[0].LearningRate;
        Assert.AreEqual(LearningRateFinder.Lowest, found.Curve[0].LearningRate, 1e-12);
        for (int i = 1; i < found.Curve.Count; i++)
            Assert.AreEqual(factor, found.Curve[i].LearningRate / found.Curve[i - 1].LearningRate, 1e-9);
        // The target is a mean of the inputs: with plain gradient descent, a rate of 1e-4 hardly changes the loss in 80 steps, and rates of
        // 0.01 or more do.
        Assert.IsGreaterThan(1e-3, found.Suggestion);
    }

    [TestMethod]
    public void A_curve_of_two_steps_suggests_nothing()
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => LearningRateFinder.Suggest([new(1e-6, 1), new(1e-5, 2)]));
        StringAssert.Contains(error.Message, "2 steps");
    }
}
