namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class MinLstmTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        Case(new MinLstm { HiddenSize = 8, Layers = 2 }),
        // More steps than a block of the parallel scan has, and no whole number of blocks.
        Case(new MinLstm { HiddenSize = 4, Layers = 1 }) with { Context = 39 },
        Case(new MinLstm { HiddenSize = 3, Layers = 3, ForgetBias = 2, Dropout = 0.25 }),
    ];

    internal override Architecture Invalid => new MinLstm { HiddenSize = 0, Layers = -1, ForgetBias = double.NaN, Dropout = 1 };

    internal override IReadOnlyList<string> InvalidProperties =>
        [nameof(MinLstm.HiddenSize), nameof(MinLstm.Layers), nameof(MinLstm.ForgetBias), nameof(MinLstm.Dropout)];

    // Per layer: two gates and the candidate, h units each, with weights to the input and a bias; none to the state.
    private static ArchitectureCase Case(MinLstm minLstm)
    {
        long h = minLstm.HiddenSize, inputs = ArchitectureCase.Inputs;
        return new ArchitectureCase(minLstm, 3 * h * (inputs + 1) + (minLstm.Layers - 1) * 3 * h * (h + 1), ReceptiveField: null);
    }
}
