using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class MinLstmLayerTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        Case(new MinLstmLayer(4), 3, "weight[12,3]", "bias[12]"),
        Case(new MinLstmLayer(1) { ForgetBias = 1 }, 2, "weight[3,2]", "bias[3]"),
    ];

    [TestMethod]
    [DataRow(-200f, -201f)]
    [DataRow(-300f, -300f)]
    [DataRow(200f, 201f)]
    public void Gates_that_both_round_to_nothing_still_share_the_state(float forget, float take)
    {
        // h = f / (f + i) h + i / (f + i) g, The two factors are the shares of e^f and e^i if both gates are tiny, and halves if both are
        // 1; the candidate is g(0.5) = 1.
        var weights = new Weights { new Weight("weight", [3, 1], [0, 0, 0]), new Weight("bias", [3], [forget, take, 0.5f]) };
        double kept = forget < 0 ? 1 / (1 + Math.Exp(take - forget)) : 0.5;
        double[] expected = [1 - kept, 1 - kept * kept];

        using NetworkProbe probe = NetworkProbe.InFloat32(new MinLstmLayer(1), 1, weights);
        Close.AssertEqual(expected, probe.Forward(new SequenceBatch(1, 2, 1, [0, 0])), 1e-6, "libtorch");
        Close.AssertEqual(expected, Close.Doubles(new ManagedNetwork(new MinLstmLayer(1), 1, weights).Run([0, 0])), 1e-6, "plain C#");
    }

    private static LayerCase Case(MinLstmLayer layer, int inputs, params string[] weights) =>
        new(layer, inputs, weights) { Outputs = layer.HiddenSize, Field = null };
}
