using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class LinearChainTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
        [new(new LinearChain(3), 3, "transitions[3,3]", "first[3]", "last[3]") { Outputs = 3 }];

    [TestMethod]
    public void Another_number_of_channels_than_tags_is_refused() =>
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => new LinearChain(3).OutputSize(5)).Message, "each of 3 tags; found 5");
}
