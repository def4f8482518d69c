using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class BranchedTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        new(new Branched(new Dense(2), new CausalConv(3, 2, 2)) { Names = ["near", "far"] }, 2,
            "near.weight[2,2]", "near.bias[2]", "far.weight[3,2,2]", "far.bias[3]")
        { Outputs = 5, Field = 3 },
        new(new Branched(new LstmLayer(1), new Activation(ActivationKind.Tanh), new Reversed(new RnnLayer(2))), 1,
            "0.weight_ih[4,1]", "0.weight_hh[4,1]", "0.bias_ih[4]", "0.bias_hh[4]",
            "2.inner.weight_ih[2,1]", "2.inner.weight_hh[2,2]", "2.inner.bias_ih[2]", "2.inner.bias_hh[2]")
        { Outputs = 4, Field = null },
        new(new Branched(new Pooling(PoolingKind.Max), new Pooling(PoolingKind.LastStep)), 3) { Outputs = 6, KeepsTime = false, Field = null },
    ];
}
