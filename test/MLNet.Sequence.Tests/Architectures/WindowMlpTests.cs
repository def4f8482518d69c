namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class WindowMlpTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        Case(new WindowMlp { HiddenSize = 8 }, window: 16),
        Case(new WindowMlp { HiddenSize = 12, Window = 4, Layers = 3, Dropout = 0.25 }, window: 4),
        Case(new WindowMlp { HiddenSize = 6, Window = 1, Layers = 1 }, window: 1),
    ];

    internal override Architecture Invalid => new WindowMlp { Window = 0, HiddenSize = 0, Layers = 0, Dropout = 1 };

    internal override IReadOnlyList<string> InvalidProperties =>
        [nameof(WindowMlp.Window), nameof(WindowMlp.HiddenSize), nameof(WindowMlp.Layers), nameof(WindowMlp.Dropout)];

    // The first layer has a weight for each channel of each step of the window.
    private static ArchitectureCase Case(WindowMlp mlp, int window)
    {
        long h = mlp.HiddenSize;
        return new ArchitectureCase(mlp, (window * ArchitectureCase.Inputs + 1) * h + (mlp.Layers - 1) * (h + 1) * h, window);
    }
}
