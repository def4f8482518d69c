using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class LayerNormTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
        [new(new LayerNorm(), 5, "weight[5]", "bias[5]") { Outputs = 5 }, new(new LayerNorm(), 2, "weight[2]", "bias[2]") { Outputs = 2 }];

    [TestMethod]
    public void Equal_channels_give_the_bias()
    {
        LayerCase @case = Cases[0];
        using NetworkProbe probe = @case.Probe();
        var constant = new SequenceBatch(1, 1, 5, [3, 3, 3, 3, 3]);
        Close.AssertEqual(Close.Doubles(@case.RandomWeights()["bias"].Values), probe.Forward(constant), 1e-12, "bias");
    }

    [TestMethod]
    public void At_first_it_gives_mean_0_and_variance_1()
    {
        var layer = new LayerNorm();
        using var probe = new NetworkProbe(layer, 50, Initializer.Draw(layer.AllWeights(50), new RandomStream(1)));
        foreach (double[] step in probe.Forward(SequenceBatch.Random(1, 3, 50, seed: 1)).Chunk(50))
        {
            Assert.AreEqual(0, step.Average(), 1e-14);
            Assert.AreEqual(1, step.Average(value => value * value), 1e-4); // the effect of ε = 1e-5 on a variance near 1
        }
    }
}
