namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class ParaGruTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        Case(new ParaGru { HiddenSize = 8, Layers = 2 }),
        // More steps than a block of the parallel scan, and not a whole number of blocks.
        Case(new ParaGru { HiddenSize = 4, Layers = 1 }) with { Context = 39 },
        Case(new ParaGru { HiddenSize = 3, Layers = 3, Dropout = 0.25 }),
    ];

    internal override Architecture Invalid => new ParaGru { HiddenSize = 0, Layers = -1, Dropout = 1 };

    internal override IReadOnlyList<string> InvalidProperties =>
        [nameof(ParaGru.HiddenSize), nameof(ParaGru.Layers), nameof(ParaGru.Dropout)];

    // Per layer: two gates and the candidate, h units each, with weights to the input, a bias, and one weight to the own state.
    private static ArchitectureCase Case(ParaGru paraGru)
    {
        long h = paraGru.HiddenSize, inputs = ArchitectureCase.Inputs;
        return new ArchitectureCase(paraGru, 3 * h * (inputs + 2) + (paraGru.Layers - 1) * 3 * h * (h + 2), ReceptiveField: null);
    }
}
