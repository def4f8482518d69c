namespace MLNet.Sequence.Layers;

/// <summary>
/// Adds a learnt vector that shows each step its position (Gehring et al., arXiv 1705.03122, section 3.1): y_t = x_t + p_t at step t, from 0;
/// all steps after the last position have its vector. [B, T, C] to [B, T, C].
/// </summary>
/// <param name="Positions">The number of positions that have a vector of their own; at least 1.</param>
public sealed record PositionEmbedding(int Positions) : Layer
{
    // Section 3.5 of the paper.
    private const double InitialDeviation = 0.1;

    /// <inheritdoc/>
    /// <remarks>
    /// Null: an output depends on the number of all steps before it. A window that starts later gives other outputs.
    /// </remarks>
    public override int? ReceptiveField => null;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;

    /// <inheritdoc/>
    public override IEnumerable<WeightSpec> OwnWeights(int inputSize) =>
        [new WeightSpec("weight", [Positions, inputSize], new Initializer.Normal(InitialDeviation), Decays: true)];

    private protected override IEnumerable<string> OwnProblems(int inputSize) => Limits.AtLeast(1, Positions, nameof(Positions));
}
