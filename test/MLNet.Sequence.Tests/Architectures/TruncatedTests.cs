using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class TruncatedTests : ArchitectureContract
{
    private const int Inputs = ArchitectureCase.Inputs;

    // The weights are those of the inner architecture for any number of steps.
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        new(new Truncated(new StableRnn { HiddenSize = 8 }, 5), 8 * (Inputs + 8 + 2), ReceptiveField: 5),
        new(new Truncated(new Gru { HiddenSize = 2, Layers = 2, Dropout = 0.25 }, 3), 3 * 2 * (Inputs + 2 + 2) + 3 * 2 * (2 + 2 + 2), ReceptiveField: 3),
        new(new Truncated(new WindowMlp { HiddenSize = 4, Layers = 1, Window = 4 }, 9), 4 * Inputs * 4 + 4, ReceptiveField: 4),
    ];

    internal override Architecture Invalid => new Truncated(new Lstm { HiddenSize = 0, Dropout = 1 }, 0);

    internal override IReadOnlyList<string> InvalidProperties => ["Inner.HiddenSize", "Inner.Dropout", nameof(Truncated.Steps)];

    [TestMethod]
    public void A_window_as_long_as_the_sequence_gives_the_inner_output()
    {
        var whole = new ArchitectureCase(new Gru { HiddenSize = 5, Layers = 2 }, 0, null);
        var windowed = new ArchitectureCase(new Truncated(whole.Architecture, 16), 0, 16);
        using NetworkProbe expected = whole.Probe(), found = windowed.Probe();
        CollectionAssert.AreEqual(expected.Forward(whole.Input(3)), found.Forward(windowed.Input(3)));
    }

    [TestMethod]
    public void What_reads_later_steps_is_refused() => StringAssert.Contains(
        Assert.ThrowsExactly<ArgumentException>(new Truncated(new Bidirectional(), 3).Validate).Message, "Inner must be causal");
}
