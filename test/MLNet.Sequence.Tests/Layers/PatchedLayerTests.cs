using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class PatchedLayerTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        new(new PatchedLayer(new CausalConv(2, 2), 2, 2), 3, "inner.weight[2,6,2]", "inner.bias[2]") { Outputs = 2, Field = 4 },
        new(new PatchedLayer(new CausalConv(2, 2), 3, 1), 1, "inner.weight[2,3,2]", "inner.bias[2]") { Outputs = 2, Field = 4 },
        new(new PatchedLayer(new GruLayer(2), 4, 3), 2, "inner.weight_ih[6,8]", "inner.weight_hh[6,2]", "inner.bias_ih[6]", "inner.bias_hh[6]")
        { Outputs = 2, Field = null },
        new(new PatchedLayer(new Branched(new RnnLayer(1), new Reversed(new RnnLayer(1))), 2, 2), 1,
            "inner.0.weight_ih[1,2]", "inner.0.weight_hh[1,1]", "inner.0.bias_ih[1]", "inner.0.bias_hh[1]",
            "inner.1.inner.weight_ih[1,2]", "inner.1.inner.weight_hh[1,1]", "inner.1.inner.bias_ih[1]", "inner.1.inner.bias_hh[1]")
        { Outputs = 2, Field = null },
    ];
}
