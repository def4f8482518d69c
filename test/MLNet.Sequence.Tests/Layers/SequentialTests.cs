using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class SequentialTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        new(new Sequential(), 2) { Outputs = 2 },
        new(new Sequential(new CausalConv(3, 2, 2), new Activation(ActivationKind.Tanh), new CausalConv(2, 3)), 2,
            "0.weight[3,2,2]", "0.bias[3]", "2.weight[2,3,3]", "2.bias[2]") { Outputs = 2, Field = 5 },
        new(new Sequential(new Dense(3), new LastStep(), new Dense(2)) { Names = ["first", "last", "head"] }, 2,
            "first.weight[3,2]", "first.bias[3]", "head.weight[2,3]", "head.bias[2]") { Outputs = 2, KeepsTime = false },
        new(new Sequential(new LstmLayer(2), new Dense(1)), 1,
            "0.weight_ih[8,1]", "0.weight_hh[8,2]", "0.bias_ih[8]", "0.bias_hh[8]", "1.weight[1,2]", "1.bias[1]") { Outputs = 1, Field = null },
    ];
}
