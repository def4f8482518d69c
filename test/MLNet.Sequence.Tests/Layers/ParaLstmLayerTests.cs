using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class ParaLstmLayerTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        Case(new ParaLstmLayer(4), 3, "weight[12,3]", "bias[12]", "recurrent[12]", "peephole[8]"),
        Case(new ParaLstmLayer(1) { ForgetBias = 1 }, 2, "weight[3,2]", "bias[3]", "recurrent[3]", "peephole[2]"),
    ];

    private static LayerCase Case(ParaLstmLayer layer, int inputs, params string[] weights) =>
        new(layer, inputs, weights) { Outputs = layer.HiddenSize, Field = null };
}
