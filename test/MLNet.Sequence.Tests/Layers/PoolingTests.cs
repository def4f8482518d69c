using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class PoolingTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        new(new Pooling(PoolingKind.LastStep), 3) { Outputs = 3, KeepsTime = false },
        new(new Pooling(PoolingKind.Mean), 3) { Outputs = 3, KeepsTime = false, Field = null },
        new(new Pooling(PoolingKind.Max), 3) { Outputs = 3, KeepsTime = false, Field = null },
        new(new Pooling(PoolingKind.Attention), 3, "weight[1,3]") { Outputs = 3, KeepsTime = false, Field = null },
    ];
}
