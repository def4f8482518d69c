using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// How sequences of tokens are read: from a column of vectors of keys, such as those of <c>TokenizeIntoWords</c> and <c>MapValueToKey</c>,
/// or of integers. Keys are identified by their values: their numbers at scoring may differ from those in training.
/// </summary>
public sealed record TokenOptions
{
    /// <summary>
    /// The number of tokens if tokens are integers, 0 … Vocabulary − 1; from 2 to 2^24. Null, the default: the tokens are
    /// keys, and the column states their number.
    /// </summary>
    public int? Vocabulary { get; init; }

    /// <summary>
    /// How the column's texts, one in a row, become tokens: <c>TextTokenizer.Learn()</c>, or a <see cref="BytePairTokenizer"/> that exists. Only for
    /// <see cref="SequenceTrainers.SequenceToSequence"/>. Null, the default: the column has tokens.
    /// </summary>
    public TextTokenizer? Tokenizer { get; init; }

    /// <summary>The number of channels in the learnt vector of a token; at least 1. Default 64.</summary>
    public int EmbeddingSize { get; init; } = 64;

    /// <summary>
    /// The deviation of the normal distribution of the initial vectors (√EmbeddingSize times the vectors if the output is tied to them);
    /// above 0. Null, the default: 1. Use 0.1 if tanh units need a long memory and must not start near their limits.
    /// </summary>
    public double? InitialDeviation { get; init; }

    /// <summary>Rate of dropout on the vectors of tokens, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>
    /// The value of the token that replaces a missing key and keys that the model does not know. If no key has
    /// this value and values are text, a token is added for it. Null, the default: such a token is an error that names its
    /// value, column and row.
    /// </summary>
    public string? UnknownToken { get; init; }

    /// <summary>The problems of these options, one sentence each.</summary>
    internal IEnumerable<string> Problems()
    {
        if (Vocabulary is not (null or >= 2 and <= Embedding.MostTokens))
            yield return FormattableString.Invariant($"Tokens.Vocabulary must be from 2 to {Embedding.MostTokens}; found {Vocabulary}.");
        if (EmbeddingSize < 1)
            yield return FormattableString.Invariant($"Tokens.EmbeddingSize must be at least 1; found {EmbeddingSize}.");
        if ((float?)InitialDeviation is not (null or > 0 and < float.PositiveInfinity))
            yield return FormattableString.Invariant($"Tokens.InitialDeviation must be above 0 and finite; found {InitialDeviation}.");
        if ((float)Dropout is not (>= 0 and < 1))
            yield return FormattableString.Invariant($"Tokens.Dropout must be in [0, 1); found {Dropout}.");
        foreach (string problem in Tokenizer?.Problems() ?? [])
            yield return "Tokens." + problem;
        if (Tokenizer is not null && (Vocabulary is not null || UnknownToken is not null))
            yield return "Tokens.Vocabulary and Tokens.UnknownToken must be null with Tokens.Tokenizer, which knows every text.";
        if (UnknownToken is { } unknown && Vocabulary is { } count && !(int.TryParse(unknown, out int index) && index >= 0 && index < count))
            yield return $"Tokens.UnknownToken must be one of the integers below Tokens.Vocabulary = {count}; found '{unknown}'.";
    }
}
