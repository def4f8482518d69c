namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class GruTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        Case(new Gru { HiddenSize = 6 }),
        Case(new Gru { HiddenSize = 4, Layers = 2 }),
        Case(new Gru { HiddenSize = 3, Layers = 3, Dropout = 0.25 }),
    ];

    internal override Architecture Invalid => new Gru { HiddenSize = 0, Layers = -1, Dropout = 1 };

    internal override IReadOnlyList<string> InvalidProperties => [nameof(Gru.HiddenSize), nameof(Gru.Layers), nameof(Gru.Dropout)];

    // Per layer two gates and the new state, h units each, with weights to the input and to the last output; two biases.
    private static ArchitectureCase Case(Gru gru)
    {
        long h = gru.HiddenSize, inputs = ArchitectureCase.Inputs;
        return new ArchitectureCase(gru, 3 * h * (inputs + h + 2) + (gru.Layers - 1) * 3 * h * (2 * h + 2), ReceptiveField: null);
    }
}
