namespace MLNet.Sequence.Layers;

/// <summary>Pools all steps of a sequence into one, without padding: [B, T, C] to [B, C].</summary>
/// <param name="Kind">How the steps become one.</param>
public sealed record Pooling(PoolingKind Kind) : Layer
{
    /// <inheritdoc/>
    /// <remarks>All kinds except <see cref="PoolingKind.LastStep"/> read all steps.</remarks>
    public override int? ReceptiveField => Kind == PoolingKind.LastStep ? 1 : null;

    /// <inheritdoc/>
    public override bool KeepsSteps => false;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;

    /// <inheritdoc/>
    public override IEnumerable<WeightSpec> OwnWeights(int inputSize) => Kind == PoolingKind.Attention
        ? [new WeightSpec("weight", [1, inputSize], new Initializer.Uniform(1 / Math.Sqrt(inputSize)), Decays: true)]
        : [];

    private protected override IEnumerable<string> OwnProblems(int inputSize) => Limits.Defined(Kind, nameof(Kind));
}
