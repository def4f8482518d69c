namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class StableRnnTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        Case(new StableRnn { HiddenSize = 8 }),
        Case(new StableRnn { HiddenSize = 5, Layers = 2, Lambda = 0.8, Projection = SpectralProjection.SingularValues }),
        Case(new StableRnn { HiddenSize = 4, Layers = 3, Lambda = 0.99, Recurrent = RecurrentInitialization.Orthogonal, Dropout = 0.25 }),
    ];

    internal override Architecture Invalid => new StableRnn
    {
        HiddenSize = 0,
        Layers = -1,
        Lambda = 1,
        Projection = (SpectralProjection)7,
        Recurrent = (RecurrentInitialization)7,
        Dropout = 1,
    };

    internal override IReadOnlyList<string> InvalidProperties =>
    [
        nameof(StableRnn.HiddenSize), nameof(StableRnn.Layers), nameof(StableRnn.Lambda), nameof(StableRnn.Projection), nameof(StableRnn.Recurrent),
        nameof(StableRnn.Dropout),
    ];

    // The same number as in the simple recurrent network.
    private static ArchitectureCase Case(StableRnn rnn)
    {
        long h = rnn.HiddenSize, inputs = ArchitectureCase.Inputs;
        return new ArchitectureCase(rnn, h * (inputs + h + 2) + (rnn.Layers - 1) * h * (2 * h + 2), ReceptiveField: null);
    }
}
