using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class PatchedTests : ArchitectureContract
{
    private const int Inputs = ArchitectureCase.Inputs;

    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        new(new Patched(new Gru { HiddenSize = 4 }, 4, 2), 3 * (4 * Inputs * 4 + 4 * 4 + 2 * 4), ReceptiveField: null),
        // The 16 steps of the context make 5 patches, which end at 15, 12, …, 3.
        new(new Patched(new Linear { Size = 3 }, 4, 3), (4 * Inputs * 5 + 1) * 3, ReceptiveField: 16),
        new(new Patched(new Bidirectional(new Linear { Size = 2, Window = 2 }), 4, 1), 2 * (2 * 4 * Inputs * 2 + 2), ReceptiveField: 5),
        new(new Patched(new Patched(new WindowMlp { HiddenSize = 4, Layers = 1, Window = 2 }, 2, 2), 2, 1), 2 * 2 * 2 * Inputs * 4 + 4,
            ReceptiveField: 2 + (2 + 2 - 1)),
    ];

    internal override Architecture Invalid => new Patched(new Tcn { Channels = 0, KernelSize = 1 }, 0, 0);

    internal override IReadOnlyList<string> InvalidProperties => ["Inner.Channels", "Inner.KernelSize", nameof(Patched.Length), nameof(Patched.Stride)];

    [TestMethod]
    [DataRow(96, 11)] // PatchTST's 11 patches of 16 every 8
    [DataRow(97, 12)]
    [DataRow(16, 1)]
    [DataRow(1, 1)]
    public void The_inner_architecture_fits_itself_to_the_patches_that_cover_the_context(int context, int patches) =>
        Assert.AreEqual(new PatchedLayer(new Linear().Build(patches), 16, 8), new Patched(new Linear(), 16, 8).Build(context));

    [TestMethod]
    public void Patches_that_leave_steps_out_and_fields_that_no_number_holds_are_refused()
    {
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(new Patched(new Gru(), 4, 5).Validate).Message,
            "Stride must be at most Length, 4, or steps would be left out; found 5.");
        var wide = new Patched(new Tcn { Levels = 28 }, 16, 16);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(wide.Validate).Message, "2^31 steps or more");
    }
}
