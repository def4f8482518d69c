using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class LastStepTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases => [new(new LastStep(), 3) { Outputs = 3, KeepsTime = false }];
}
