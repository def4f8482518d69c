namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class LruTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        Case(new Lru { Channels = 6, States = 5, Layers = 1 }),
        // More steps than a block of the parallel scan has, and no whole number of blocks.
        Case(new Lru { Channels = 3, States = 4, Layers = 2, MinRadius = 0.5, MaxRadius = 0.9, MaxPhase = 1 }) with { Context = 39 },
        Case(new Lru { Channels = 2, States = 3, Layers = 2, Dropout = 0.25 }),
    ];

    internal override Architecture Invalid => new Lru
    {
        Channels = 0,
        States = -1,
        Layers = 0,
        Dropout = 1,
        MinRadius = -0.1,
        MaxRadius = 1.5,
        MaxPhase = double.NaN,
    };

    internal override IReadOnlyList<string> InvalidProperties =>
    [
        nameof(Lru.Channels), nameof(Lru.States), nameof(Lru.Layers), nameof(Lru.Dropout), nameof(Lru.MinRadius), nameof(Lru.MaxRadius),
        nameof(Lru.MaxPhase),
    ];

    // A dense layer to h channels; per block a gain and a shift per channel, ν, θ and γ of n states, complex B and C, D, and
    // the dense layer whose halves gate each other.
    private static ArchitectureCase Case(Lru lru)
    {
        long h = lru.Channels, n = lru.States, inputs = ArchitectureCase.Inputs;
        long block = 2 * h + (3 * n + 2 * n * h + 2 * h * n + h) + 2 * h * (h + 1);
        return new ArchitectureCase(lru, h * (inputs + 1) + lru.Layers * block, ReceptiveField: null);
    }
}
