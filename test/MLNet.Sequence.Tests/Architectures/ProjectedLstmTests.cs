namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class ProjectedLstmTests : ArchitectureContract
{
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        Case(new ProjectedLstm { HiddenSize = 8, ProjectionSize = 3, Layers = 2 }),
        Case(new ProjectedLstm { HiddenSize = 5, ProjectionSize = 7, ForgetBias = null, Dropout = 0.25 }),
    ];

    internal override Architecture Invalid => new ProjectedLstm { HiddenSize = 0, ProjectionSize = 0, Layers = -1, ForgetBias = double.NaN, Dropout = 1 };

    internal override IReadOnlyList<string> InvalidProperties =>
    [
        nameof(ProjectedLstm.HiddenSize), nameof(ProjectedLstm.ProjectionSize), nameof(ProjectedLstm.Layers), nameof(ProjectedLstm.ForgetBias),
        nameof(ProjectedLstm.Dropout),
    ];

    // Per layer: four gates of h units, with weights to the inputs and to the p channels of the projection, and two biases; then the projection.
    private static ArchitectureCase Case(ProjectedLstm lstm)
    {
        long h = lstm.HiddenSize, p = lstm.ProjectionSize, own = 4 * h * (p + 2) + h * p;
        return new ArchitectureCase(lstm, own + 4 * h * ArchitectureCase.Inputs + (lstm.Layers - 1) * (own + 4 * h * p), ReceptiveField: null);
    }
}
