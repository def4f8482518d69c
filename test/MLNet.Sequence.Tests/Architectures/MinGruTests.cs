namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class MinGruTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        Case(new MinGru { HiddenSize = 8, Layers = 2 }),
        // More steps than a block of the parallel scan, and not a whole number of blocks.
        Case(new MinGru { HiddenSize = 4, Layers = 1 }) with { Context = 39 },
        Case(new MinGru { HiddenSize = 3, Layers = 3, Dropout = 0.25 }),
    ];

    internal override Architecture Invalid => new MinGru { HiddenSize = 0, Layers = -1, Dropout = 1 };

    internal override IReadOnlyList<string> InvalidProperties =>
        [nameof(MinGru.HiddenSize), nameof(MinGru.Layers), nameof(MinGru.Dropout)];

    // Per layer: the gate and the candidate, h units each, with weights to the input and a bias; none to the state.
    private static ArchitectureCase Case(MinGru minGru)
    {
        long h = minGru.HiddenSize, inputs = ArchitectureCase.Inputs;
        return new ArchitectureCase(minGru, 2 * h * (inputs + 1) + (minGru.Layers - 1) * 2 * h * (h + 1), ReceptiveField: null);
    }
}
