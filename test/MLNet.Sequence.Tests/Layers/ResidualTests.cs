using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class ResidualTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        new(new Residual(new CausalConv(3, 2)), 3, "inner.weight[3,3,2]", "inner.bias[3]") { Outputs = 3, Field = 2 },
        new(new Residual(new Dense(4)), 2, "inner.weight[4,2]", "inner.bias[4]", "shortcut.weight[4,2]", "shortcut.bias[4]") { Outputs = 4 },
        new(new Residual(new CausalConv(3, 2)) { Scale = 0.5 }, 3, "inner.weight[3,3,2]", "inner.bias[3]") { Outputs = 3, Field = 2 },
        new(new Residual(new LstmLayer(2)) { Conditions = 3 }, 5, "inner.weight_ih[8,5]", "inner.weight_hh[8,2]", "inner.bias_ih[8]", "inner.bias_hh[8]")
        { Outputs = 5, Field = null },
        new(new Residual(new Dense(3)) { Conditions = 1, Scale = 2 }, 3, "inner.weight[3,3]", "inner.bias[3]", "shortcut.weight[3,2]", "shortcut.bias[3]")
        { Outputs = 4 },
        new(new Residual(new Activation(ActivationKind.Tanh)), 2) { Outputs = 2 },
        new(new Residual(new LstmLayer(2)), 2, "inner.weight_ih[8,2]", "inner.weight_hh[8,2]", "inner.bias_ih[8]", "inner.bias_hh[8]") { Outputs = 2,
            Field = null },
    ];
}
