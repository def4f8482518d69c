using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class WindowedTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        Recurrent(steps: 1),
        Recurrent(steps: 3),
        Recurrent(steps: LayerCase.Steps),
        new(new Windowed(new CausalConv(2, 2), 5), 3, "inner.weight[2,3,2]", "inner.bias[2]") { Outputs = 2, Field = 2 },
        new(new Windowed(new CausalConv(2, 4), 3), 1, "inner.weight[2,1,4]", "inner.bias[2]") { Outputs = 2, Field = 3 },
    ];

    private static LayerCase Recurrent(int steps) =>
        new(new Windowed(new LstmLayer(2), steps), 3, "inner.weight_ih[8,3]", "inner.weight_hh[8,2]", "inner.bias_ih[8]", "inner.bias_hh[8]")
        {
            Outputs = 2,
            Field = steps,
        };
}
