namespace MLNet.Sequence.Layers;

/// <summary>In training, sets each value to 0 with the given rate and scales the others by 1 / (1 − rate); otherwise does nothing.</summary>
/// <param name="Rate">The probability that a value becomes 0, in [0, 1).</param>
public sealed record Dropout(double Rate) : Layer
{
    /// <summary>
    /// Whether a channel is dropped at all steps of a sequence or at none (Gal and Ghahramani, arXiv 1512.05287, section 4); otherwise each
    /// value is dropped independently. Default false.
    /// </summary>
    public bool Variational { get; init; }

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;

    private protected override IEnumerable<string> OwnProblems(int inputSize) => Limits.Rate(Rate, nameof(Rate));
}
