using MLNet.Sequence.Tests.Networks;

namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class ConvSeq2SeqTests : EncoderDecoderContract
{
    internal override IReadOnlyList<(EncoderDecoder Architecture, long Parameters)> Small =>
    [
        Case(new ConvSeq2Seq { Channels = 6, Layers = 2 }),
        Case(new ConvSeq2Seq { Channels = 3, Layers = 1, KernelSize = 5, WeightNormalized = false, Dropout = 0.25 }),
    ];

    internal override EncoderDecoder Invalid => new ConvSeq2Seq { Channels = 0, Layers = 0, KernelSize = 0, Dropout = 1 };

    internal override IReadOnlyList<string> InvalidProperties =>
        [nameof(ConvSeq2Seq.Channels), nameof(ConvSeq2Seq.Layers), nameof(ConvSeq2Seq.KernelSize), nameof(ConvSeq2Seq.Dropout)];

    [TestMethod]
    public void An_even_kernel_is_refused() => StringAssert.Contains(
        Assert.ThrowsExactly<ArgumentException>(new ConvSeq2Seq { KernelSize = 4 }.Validate).Message, "KernelSize must be odd");

    // Per layer two convolutions of half a kernel, which share the middle step, and one of a whole kernel with an attention to [e; z].
    private static (EncoderDecoder, long) Case(ConvSeq2Seq network)
    {
        long c = network.Channels, k = network.KernelSize;
        long Conv(long taps) => 2 * c * (c * taps + 1 + (network.WeightNormalized ? 1 : 0));
        long attention = (c + 1) * c + (2 * c + 1) * 2 * c + (c + 1) * c;
        long starts = 2 * (Inputs + 1) * c + (PlanCase.Steps + TargetSteps) * c;
        return (network, starts + network.Layers * (2 * Conv((k + 1) / 2) + Conv(k) + attention));
    }
}
