using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class ActivationTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
        [.. Enum.GetValues<ActivationKind>().Select(kind => new LayerCase(new Activation(kind), 3) { Outputs = 3 })];
}
