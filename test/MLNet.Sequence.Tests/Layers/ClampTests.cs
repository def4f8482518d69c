using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class ClampTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
        [.. new[] { 0.5, 1, 4 }.Select(limit => new LayerCase(new Clamp(limit), 3) { Outputs = 3 })];
}
