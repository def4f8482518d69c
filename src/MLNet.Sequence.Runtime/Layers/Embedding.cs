namespace MLNet.Sequence.Layers;

/// <summary>
/// A learnt vector for each token: [B, T, 1], with the token's index as the only channel, to [B, T, Size]. A float holds indices
/// up to 2^24 exactly.
/// </summary>
/// <param name="Vocabulary">The number of tokens, whose indices count from 0; at least 1.</param>
/// <param name="Size">Channels of a token's vector, and of the output; at least 1.</param>
public sealed record Embedding(int Vocabulary, int Size) : Layer
{
    /// <summary>The largest vocabulary whose indices a float holds exactly: 2^24 tokens.</summary>
    public const int MostTokens = 1 << 24;

    /// <summary>
    /// The standard deviation of the normal initial distribution of the vectors; above 0. Default 1, as for standardised numbers.
    /// </summary>
    public double InitialDeviation { get; init; } = 1;

    /// <summary>
    /// The factor of the vectors in the output; above 0. Default 1. With shared vectors √Size, so that inputs and logits both start near 1
    /// (Vaswani et al., arXiv 1706.03762, section 3.4).
    /// </summary>
    public double Scale { get; init; } = 1;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Size;

    /// <inheritdoc/>
    public override IEnumerable<WeightSpec> OwnWeights(int inputSize) =>
        [new WeightSpec("weight", [Vocabulary, Size], new Initializer.Normal(InitialDeviation), Decays: true)];

    private protected override IEnumerable<string> OwnProblems(int inputSize)
    {
        foreach (string problem in Limits.AtLeast(1, Vocabulary, nameof(Vocabulary)).Concat(Limits.AtLeast(1, Size, nameof(Size)))
            .Concat(Limits.Deviation(InitialDeviation, nameof(InitialDeviation))).Concat(Limits.Deviation(Scale, nameof(Scale))))
            yield return problem;
        if (inputSize != 1)
            yield return $"Tokens have one channel, their index; found {inputSize}.";
    }
}
