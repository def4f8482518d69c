namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class StableGruTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        Case(new StableGru { HiddenSize = 6 }),
        Case(new StableGru { HiddenSize = 4, Layers = 2, Lambda = 0.8, InputBound = 2 }),
        Case(new StableGru { HiddenSize = 3, Layers = 3, Lambda = 0.99, Dropout = 0.25 }),
    ];

    internal override Architecture Invalid =>
        new StableGru { HiddenSize = 0, Layers = -1, Lambda = 1, InputBound = double.PositiveInfinity, Dropout = 1 };

    internal override IReadOnlyList<string> InvalidProperties =>
        [nameof(StableGru.HiddenSize), nameof(StableGru.Layers), nameof(StableGru.Lambda), nameof(StableGru.InputBound), nameof(StableGru.Dropout)];

    // The same number as in the Gru.
    private static ArchitectureCase Case(StableGru architecture)
    {
        long h = architecture.HiddenSize, inputs = ArchitectureCase.Inputs;
        return new ArchitectureCase(architecture, 3 * h * (inputs + h + 2) + (architecture.Layers - 1) * 3 * h * (2 * h + 2), ReceptiveField: null);
    }
}
