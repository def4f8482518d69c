using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class SinusoidalPositionsTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        new(new SinusoidalPositions(), 6) { Outputs = 6, Field = null, CountsSteps = true },
        new(new SinusoidalPositions(), 1) { Outputs = 1, Field = null, CountsSteps = true },
        new(new SinusoidalPositions(), 5) { Outputs = 5, Field = null, CountsSteps = true },
    ];
}
