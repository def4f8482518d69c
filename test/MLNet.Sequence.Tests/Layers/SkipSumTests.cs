using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class SkipSumTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        new(new SkipSum([new CausalConv(3, 2), new CausalConv(5, 2, 2)], 4), 2,
            "0.inner.weight[3,2,2]", "0.inner.bias[3]", "0.skip.weight[4,3]", "0.skip.bias[4]", "0.residual.weight[2,3]", "0.residual.bias[2]",
            "1.inner.weight[5,2,2]", "1.inner.bias[5]", "1.skip.weight[4,5]", "1.skip.bias[4]") { Outputs = 4, Field = 4 },
        new(new SkipSum([new CausalConv(3, 2), new CausalConv(1, 2)], 2) { Conditions = 1 }, 3,
            "0.inner.weight[3,3,2]", "0.inner.bias[3]", "0.skip.weight[2,3]", "0.skip.bias[2]", "0.residual.weight[2,3]", "0.residual.bias[2]",
            "1.inner.weight[1,3,2]", "1.inner.bias[1]", "1.skip.weight[2,1]", "1.skip.bias[2]") { Outputs = 2, Field = 3 },
        new(new SkipSum([new Activation(ActivationKind.Tanh)], 1), 2, "0.skip.weight[1,2]", "0.skip.bias[1]") { Outputs = 1 },
        new(new SkipSum([new Activation(ActivationKind.Sigmoid), new LstmLayer(1)], 2), 1,
            "0.skip.weight[2,1]", "0.skip.bias[2]", "0.residual.weight[1,1]", "0.residual.bias[1]",
            "1.inner.weight_ih[4,1]", "1.inner.weight_hh[4,1]", "1.inner.bias_ih[4]", "1.inner.bias_hh[4]", "1.skip.weight[2,1]", "1.skip.bias[2]")
        { Outputs = 2, Field = null },
    ];
}
