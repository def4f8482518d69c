using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class DenseTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        new(new Dense(4), 3, "weight[4,3]", "bias[4]") { Outputs = 4 },
        new(new Dense(1) { StandardDeviation = 0.1 }, 2, "weight[1,2]", "bias[1]") { Outputs = 1 },
    ];

    [TestMethod]
    public void First_weights_have_the_stated_spread()
    {
        float[] uniform = Initializer.Draw(new Dense(100).AllWeights(100), new RandomStream(1))["weight"].Values.Items;
        float[] normal = Initializer.Draw(new Dense(100) { StandardDeviation = 0.01 }.AllWeights(100), new RandomStream(1))["weight"].Values.Items;
        Assert.IsTrue(uniform.All(value => Math.Abs(value) <= 0.1f));
        // 10,000 draws: the standard error of a root mean square is below 1 % of it for both.
        Assert.AreEqual(0.1 / Math.Sqrt(3), Spread(uniform), 0.03 * 0.1 / Math.Sqrt(3));
        Assert.AreEqual(0.01, Spread(normal), 0.03 * 0.01);
    }

    private static double Spread(float[] values) => Math.Sqrt(values.Average(value => (double)value * value));
}
