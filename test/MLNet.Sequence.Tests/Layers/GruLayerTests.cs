using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class GruLayerTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        Case(new GruLayer(4), 3, "weight_ih[12,3]", "weight_hh[12,4]", "bias_ih[12]", "bias_hh[12]"),
        Case(new GruLayer(1), 2, "weight_ih[3,2]", "weight_hh[3,1]", "bias_ih[3]", "bias_hh[3]"),
    ];

    private static LayerCase Case(GruLayer layer, int inputs, params string[] weights) =>
        new(layer, inputs, weights) { Outputs = layer.HiddenSize, Field = null };
}
