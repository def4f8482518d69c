namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class TransformerTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        Case(new Transformer { Channels = 8, Layers = 1, Heads = 2 }, feedForward: 32, field: 16),
        Case(new Transformer { Channels = 4, Layers = 2, Heads = 1, FeedForward = 6, Window = 4, Dropout = 0.25 }, feedForward: 6, field: 1 + 2 * 3),
        // An output depends on the number of earlier steps, so there is no bound, as for a recurrent network.
        Case(new Transformer { Channels = 6, Layers = 2, Heads = 2, FeedForward = 5, Window = 20, Positions = PositionKind.Sinusoidal },
            feedForward: 5, field: null),
        Case(new Transformer { Channels = 6, Layers = 1, Heads = 3, FeedForward = 5, Window = 3 }, feedForward: 5, field: 3),
    ];

    internal override Architecture Invalid =>
        new Transformer { Channels = 0, Layers = 0, Heads = 0, FeedForward = 0, Window = 0, Positions = (PositionKind)9, Dropout = 1 };

    internal override IReadOnlyList<string> InvalidProperties =>
    [
        nameof(Transformer.Channels), nameof(Transformer.Layers), nameof(Transformer.Heads),
        nameof(Transformer.FeedForward), nameof(Transformer.Window), nameof(Transformer.Positions), nameof(Transformer.Dropout),
    ];

    [TestMethod]
    public void Heads_that_do_not_divide_the_channels_are_refused()
    {
        string message = Assert.ThrowsExactly<ArgumentException>(new Transformer { Channels = 60, Heads = 8 }.Validate).Message;
        StringAssert.Contains(message, "Channels must be divisible by two times Heads, 16; found 60.");
    }

    [TestMethod]
    public void Hyper_parameters_that_no_number_holds_are_refused()
    {
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(new Transformer { Window = int.MaxValue }.Validate).Message, "receptive field");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(new Transformer { Channels = 1 << 30 }.Validate).Message, "found 1073741824");
    }

    // Per layer two normalisations, projections to query, key, value and back, and the two products of the feed-forward part.
    private static ArchitectureCase Case(Transformer transformer, int feedForward, int? field)
    {
        long c = transformer.Channels, f = feedForward;
        long layer = 2 * 2 * c + 4 * (c + 1) * c + (c + 1) * f + (f + 1) * c;
        return new ArchitectureCase(transformer, (ArchitectureCase.Inputs + 1) * c + transformer.Layers * layer + 2 * c, field);
    }
}
