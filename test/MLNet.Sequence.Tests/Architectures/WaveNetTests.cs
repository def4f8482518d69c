namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class WaveNetTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        Case(new WaveNet { Channels = 4, SkipChannels = 6, Cycles = 2, Levels = 2 }, levels: 2),
        Case(new WaveNet { Channels = 3, SkipChannels = 9, Cycles = 1, Levels = 3, KernelSize = 3 }, levels: 3),
        Case(new WaveNet { Channels = 6, SkipChannels = 5, Cycles = 1, Levels = 2, Conditions = 1 }, levels: 2),
        Case(new WaveNet { Channels = 4, SkipChannels = 6, Cycles = 2 }, levels: 3), // 1 + 1 + 2 · (2^2 − 1) = 8 do not cover 16 steps
    ];

    internal override Architecture Invalid => new WaveNet { Channels = 0, SkipChannels = 0, Cycles = 0, Levels = 0, KernelSize = 1, Conditions = -1 };

    internal override IReadOnlyList<string> InvalidProperties =>
        [nameof(WaveNet.Channels), nameof(WaveNet.SkipChannels), nameof(WaveNet.Cycles), nameof(WaveNet.Levels), nameof(WaveNet.KernelSize),
            nameof(WaveNet.Conditions)];

    [TestMethod]
    public void One_cycle_of_ten_levels_sees_the_papers_1024_steps_and_the_first_convolutions_one() =>
        Assert.AreEqual(1024 + 1, new WaveNet { Cycles = 1, Levels = 10 }.Build(1).ReceptiveField);

    [TestMethod]
    [DataRow(1, 4)]
    [DataRow(5, 8)]
    [DataRow(9, 16)]
    [DataRow(96, 128)]
    public void The_levels_are_the_fewest_whose_field_covers_the_context(int context, int field) =>
        Assert.AreEqual(field, new WaveNet().Build(context).ReceptiveField);

    [TestMethod]
    public void Hyper_parameters_whose_field_no_number_holds_are_refused()
    {
        foreach (var net in new[] { new WaveNet { Levels = 31 }, new WaveNet { KernelSize = int.MaxValue }, new WaveNet { Cycles = int.MaxValue, Levels = 2 } })
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(net.Validate).Message, "receptive field");
        new WaveNet { Levels = 29 }.Validate();
    }

    // Section 2.5: a block does not convolve a condition over time, so it acts on its own step and, through x, on later steps.
    [TestMethod]
    public void Conditions_must_leave_a_channel_to_the_series()
    {
        StringAssert.Contains(new WaveNet { Conditions = 3 }.Build(8).Problems(3).First(),
            "first.TailChannels must be at least 1 and fewer than the channels, 3; found 3.");
        Assert.IsEmpty(new WaveNet { Conditions = 2 }.Build(8).Problems(3));
    }

    // c channels, s skip channels. A block: filter and gate of k taps, the 1×1 convolution of the skip and, except in the last block, that
    // of the residual.
    private static ArchitectureCase Case(WaveNet net, int levels)
    {
        long c = net.Channels, s = net.SkipChannels, k = net.KernelSize, blocks = net.Cycles * levels;
        long first = ((ArchitectureCase.Inputs - net.Conditions) * k + 1) * c, after = (s + 1) * s;
        long conditions = net.Conditions == 0 ? 0 : blocks * 2 * (net.Conditions + 1) * c;
        long inBlocks = conditions + blocks * (2 * (c * k + 1) * c + (c + 1) * s) + (blocks - 1) * (c + 1) * c;
        int field = 1 + (net.KernelSize - 1) * (1 + net.Cycles * ((1 << levels) - 1));
        return new ArchitectureCase(net, first + inBlocks + after, field);
    }
}
