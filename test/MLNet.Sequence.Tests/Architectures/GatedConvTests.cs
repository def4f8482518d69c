namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class GatedConvTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        Case(new GatedConv { Channels = 6, Blocks = 2, KernelSize = 3, Bottleneck = 3 }, field: 1 + 2 * 3),
        Case(new GatedConv { Channels = 4, Blocks = 2, KernelSize = 3, Bottleneck = null }, field: 1 + 2 * 5),
        Case(new GatedConv { Channels = 3, Blocks = 1, KernelSize = 2, Bottleneck = 2, WeightNormalized = false }, field: 3),
    ];

    internal override Architecture Invalid => new GatedConv { Channels = 0, Blocks = -1, KernelSize = 1, Bottleneck = 0 };

    internal override IReadOnlyList<string> InvalidProperties =>
        [nameof(GatedConv.Channels), nameof(GatedConv.Blocks), nameof(GatedConv.KernelSize), nameof(GatedConv.Bottleneck)];

    [TestMethod]
    public void Hyper_parameters_whose_field_no_number_holds_are_refused()
    {
        foreach (var gated in new[] { new GatedConv { KernelSize = int.MaxValue }, new GatedConv { Blocks = int.MaxValue, Bottleneck = null } })
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(gated.Validate).Message, "receptive field");
    }

    // A gated layer of k taps from c to d channels: W and V, a bias each, and under weight normalisation a gain each.
    private static ArchitectureCase Case(GatedConv gated, int field)
    {
        long width = gated.Channels, k = gated.KernelSize;
        long block = gated.Bottleneck is { } b
            ? Layer(width, b, 1) + Layer(b, b, k) + Layer(b, width, 1)
            : 2 * Layer(width, width, k);
        return new ArchitectureCase(gated, Layer(ArchitectureCase.Inputs, width, k) + gated.Blocks * block, field);

        long Layer(long c, long d, long taps) => 2 * d * (c * taps + (gated.WeightNormalized ? 2 : 1));
    }
}
