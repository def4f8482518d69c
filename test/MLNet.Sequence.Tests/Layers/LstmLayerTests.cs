using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class LstmLayerTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        Case(new LstmLayer(4), 3, "weight_ih[16,3]", "weight_hh[16,4]", "bias_ih[16]", "bias_hh[16]"),
        Case(new LstmLayer(1) { ForgetBias = 1 }, 2, "weight_ih[4,2]", "weight_hh[4,1]", "bias_ih[4]", "bias_hh[4]"),
    ];

    private static LayerCase Case(LstmLayer layer, int inputs, params string[] weights) =>
        new(layer, inputs, weights) { Outputs = layer.HiddenSize, Field = null };
}
