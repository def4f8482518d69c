using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class ChannelSplitTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        new(new ChannelSplit(new CausalConv(3, 2), new Dense(2), 1), 3, "head.weight[3,2,2]", "head.bias[3]", "tail.weight[2,1]", "tail.bias[2]")
        { Outputs = 5, Field = 2 },
        new(new ChannelSplit(new CausalConv(2, 3), new Sequential(), 2), 3, "head.weight[2,1,3]", "head.bias[2]") { Outputs = 4, Field = 3 },
        new(new ChannelSplit(new RnnLayer(2), new Dense(2), 2) { Sum = true }, 3,
            "head.weight_ih[2,1]", "head.weight_hh[2,2]", "head.bias_ih[2]", "head.bias_hh[2]", "tail.weight[2,2]", "tail.bias[2]")
        { Outputs = 2, Field = null },
    ];
}
