namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class StableLstmTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        Case(new StableLstm { HiddenSize = 6 }),
        Case(new StableLstm { HiddenSize = 4, Layers = 2, Lambda = 0.8, InputBound = 2 }),
        Case(new StableLstm { HiddenSize = 3, Layers = 3, Lambda = 0.99, Dropout = 0.25 }),
    ];

    internal override Architecture Invalid =>
        new StableLstm { HiddenSize = 0, Layers = -1, Lambda = 1, InputBound = double.PositiveInfinity, Dropout = 1 };

    internal override IReadOnlyList<string> InvalidProperties =>
        [nameof(StableLstm.HiddenSize), nameof(StableLstm.Layers), nameof(StableLstm.Lambda), nameof(StableLstm.InputBound), nameof(StableLstm.Dropout)];

    // The same number as in the Lstm.
    private static ArchitectureCase Case(StableLstm architecture)
    {
        long h = architecture.HiddenSize, inputs = ArchitectureCase.Inputs;
        return new ArchitectureCase(architecture, 4 * h * (inputs + h + 2) + (architecture.Layers - 1) * 4 * h * (2 * h + 2), ReceptiveField: null);
    }
}
