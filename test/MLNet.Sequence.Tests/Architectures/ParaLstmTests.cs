namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class ParaLstmTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        Case(new ParaLstm { HiddenSize = 8, Layers = 2 }),
        // More steps than a block of the parallel scan, and not a whole number of blocks.
        Case(new ParaLstm { HiddenSize = 4, Layers = 1 }) with { Context = 39 },
        Case(new ParaLstm { HiddenSize = 3, Layers = 3, ForgetBias = 2, Dropout = 0.25 }),
    ];

    internal override Architecture Invalid => new ParaLstm { HiddenSize = 0, Layers = -1, ForgetBias = double.NaN, Dropout = 1 };

    internal override IReadOnlyList<string> InvalidProperties =>
        [nameof(ParaLstm.HiddenSize), nameof(ParaLstm.Layers), nameof(ParaLstm.ForgetBias), nameof(ParaLstm.Dropout)];

    // Per layer: two gates and the candidate, h units each, with weights to the input, a bias, and one weight to the own h; two peepholes.
    private static ArchitectureCase Case(ParaLstm paraLstm)
    {
        long h = paraLstm.HiddenSize, inputs = ArchitectureCase.Inputs, own = 3 * h * 2 + 2 * h;
        return new ArchitectureCase(paraLstm, own + 3 * h * inputs + (paraLstm.Layers - 1) * (own + 3 * h * h), ReceptiveField: null);
    }
}
