using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class ParaGruLayerTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        Case(new ParaGruLayer(4), 3, "weight[12,3]", "bias[12]", "recurrent[12]"),
        Case(new ParaGruLayer(1), 2, "weight[3,2]", "bias[3]", "recurrent[3]"),
    ];

    private static LayerCase Case(ParaGruLayer layer, int inputs, params string[] weights) =>
        new(layer, inputs, weights) { Outputs = layer.HiddenSize, Field = null };
}
