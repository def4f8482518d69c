using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class TiedEmbeddingTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        new(new TiedEmbedding(new CausalConv(3, KernelSize: 2), 6, 3), 1, "weight[6,3]", "bias[6]", "inner.weight[3,3,2]", "inner.bias[3]") { Outputs = 6,
            Vocabulary = 6, Field = 2 },
        new(new TiedEmbedding(new RnnLayer(4), 5, 3), 1,
            "weight[5,3]", "bias[5]", "inner.weight_ih[4,3]", "inner.weight_hh[4,4]", "inner.bias_ih[4]", "inner.bias_hh[4]", "projection.weight[3,4]",
                "projection.bias[3]") { Outputs = 5, Vocabulary = 5, Field = null },
    ];
}
