using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class MinGruLayerTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        Case(new MinGruLayer(4), 3, "weight[8,3]", "bias[8]"),
        Case(new MinGruLayer(1), 2, "weight[2,2]", "bias[2]"),
    ];

    private static LayerCase Case(MinGruLayer layer, int inputs, params string[] weights) =>
        new(layer, inputs, weights) { Outputs = layer.HiddenSize, Field = null };
}
