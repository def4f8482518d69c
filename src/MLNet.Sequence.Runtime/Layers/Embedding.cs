namespace MLNet.Sequence.Layers;

/// <summary>
/// A learnt vector for each token: [B, T, 1], the one channel holding a token's index, to [B, T, Size]. A float holds indices
/// up to 2^24 exactly.
/// </summary>
/// <param name="Vocabulary">The number of tokens; indices count from 0.</param>
/// <param name="Size">Channels of a token's vector.</param>
public sealed record Embedding(int Vocabulary, int Size) : Layer
{
    /// <summary>The largest vocabulary whose indices a float holds.</summary>
    public const int MostTokens = 1 << 24;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is more than one channel.</exception>
    public override int OutputSize(int inputSize) => inputSize == 1
        ? Size
        : throw new ArgumentException($"Tokens have one channel, their index; found {inputSize}.", nameof(inputSize));

    /// <inheritdoc/>
    /// <remarks>Standard normal, as standardised numbers are that take their place.</remarks>
    public override IEnumerable<WeightSpec> OwnWeights(int inputSize) =>
        [new WeightSpec("weight", [Vocabulary, Size], new Initializer.Normal(1), Decays: true)];
}
