using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class GatedTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
        [.. Enum.GetValues<GateKind>().Select(kind => new LayerCase(new Gated(kind), 6) { Outputs = 3 })];

    [TestMethod]
    public void An_odd_number_of_channels_is_refused() =>
        StringAssert.Contains(new Gated(GateKind.Tanh).Problems(5).Single(), "found 5");
}
