namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class EncoderDecoderTransformerTests : EncoderDecoderContract
{
    internal override IReadOnlyList<(EncoderDecoder Architecture, long Parameters)> Small =>
    [
        Case(new EncoderDecoderTransformer { Channels = 4, Layers = 1, Heads = 2 }, feedForward: 16),
        Case(
            new EncoderDecoderTransformer { Channels = 6, Layers = 2, Heads = 2, FeedForward = 12, PostNormalization = true, Dropout = 0.25 },
            feedForward: 12),
        Case(new EncoderDecoderTransformer { Channels = 8, Layers = 1, Heads = 2, FeedForward = 5, Rotary = true }, feedForward: 5),
    ];

    internal override EncoderDecoder Invalid => new EncoderDecoderTransformer { Channels = 0, Layers = 0, Heads = 0, FeedForward = 0, Dropout = 1 };

    internal override IReadOnlyList<string> InvalidProperties =>
    [
        nameof(EncoderDecoderTransformer.Channels), nameof(EncoderDecoderTransformer.Layers), nameof(EncoderDecoderTransformer.Heads),
        nameof(EncoderDecoderTransformer.FeedForward), nameof(EncoderDecoderTransformer.Dropout),
    ];

    [TestMethod]
    public void Heads_that_do_not_divide_the_channels_are_refused() => StringAssert.Contains(
        Assert.ThrowsExactly<ArgumentException>(new EncoderDecoderTransformer { Channels = 60, Heads = 8 }.Validate).Message,
        "Channels must be divisible by Heads, 8; found 60.");

    [TestMethod]
    public void Heads_that_are_rotated_have_pairs_of_channels() => StringAssert.Contains(
        Assert.ThrowsExactly<ArgumentException>(new EncoderDecoderTransformer { Channels = 6, Heads = 2, Rotary = true }.Validate).Message,
        "Channels must be divisible by two times Heads, 2, with Rotary; found 6.");

    // Per layer of the encoder an attention and a feed-forward part, of the decoder one attention more; a normalisation each.
    private static (EncoderDecoder, long) Case(EncoderDecoderTransformer transformer, int feedForward)
    {
        long c = transformer.Channels, f = feedForward, attention = 4 * (c + 1) * c, norm = 2 * c;
        long both = 2 * ((c + 1) * f + (f + 1) * c) + 3 * attention + 5 * norm;
        long ends = 2 * (Inputs + 1) * c + (transformer.PostNormalization ? 0 : 2 * norm);
        return (transformer, ends + transformer.Layers * both);
    }
}
