using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// How sequences of tokens are read: a column of vectors of keys, as <c>TokenizeIntoWords</c> and <c>MapValueToKey</c> make
/// them, or of integers. Keys are known by their values: at scoring they may have other numbers than in training.
/// </summary>
public sealed record TokenOptions
{
    /// <summary>
    /// Of tokens that are integers, how many there are: 0 … Vocabulary − 1; from 2 to 2^24. Null, the default: the tokens are
    /// keys, whose number the column states.
    /// </summary>
    public int? Vocabulary { get; init; }

    /// <summary>Channels of the vector that is learnt for each token; at least 1. Default 64.</summary>
    public int EmbeddingSize { get; init; } = 64;

    /// <summary>
    /// The deviation of the normal distribution that vectors start from (of √EmbeddingSize times them where the output is tied to them);
    /// above 0. Null, the default: 1. Where units of tanh must not start near their limits, so as to remember long, 0.1 is of use.
    /// </summary>
    public float? InitialDeviation { get; init; }

    /// <summary>Rate of dropout on the vectors of tokens, in [0, 1). Default 0.</summary>
    public float Dropout { get; init; }

    /// <summary>
    /// The value of the token that stands for a missing key and for those that the model does not know; where no key has
    /// this value and values are text, a token is added for it. Null, the default: such a token is an error that names its
    /// value, column and row.
    /// </summary>
    public string? UnknownToken { get; init; }

    /// <summary>What is wrong, one sentence each.</summary>
    internal IEnumerable<string> Problems()
    {
        if (Vocabulary is not (null or >= 2 and <= Embedding.MostTokens))
            yield return FormattableString.Invariant($"Tokens.Vocabulary must be from 2 to {Embedding.MostTokens}; found {Vocabulary}.");
        if (EmbeddingSize < 1)
            yield return FormattableString.Invariant($"Tokens.EmbeddingSize must be at least 1; found {EmbeddingSize}.");
        if (InitialDeviation is { } deviation && !(deviation > 0 && float.IsFinite(deviation)))
            yield return FormattableString.Invariant($"Tokens.InitialDeviation must be above 0 and finite; found {deviation}.");
        if (Dropout is not (>= 0 and < 1))
            yield return FormattableString.Invariant($"Tokens.Dropout must be in [0, 1); found {Dropout}.");
        if (UnknownToken is { } unknown && Vocabulary is { } count && !(int.TryParse(unknown, out int index) && index >= 0 && index < count))
            yield return $"Tokens.UnknownToken must be one of the integers below Tokens.Vocabulary = {count}; found '{unknown}'.";
    }
}
