using System.Globalization;
using System.Text.Json.Serialization;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// The tokens that a model knows, by index from 0. The network reads each one as a learnt vector (<see cref="Embedding"/>).
/// </summary>
public sealed record TokenInput
{
    /// <summary>The number of tokens, the unknown one included; at least 2.</summary>
    public required int Count { get; init; }

    /// <summary>Whether the tokens are keys, which count from 1 in the data; otherwise they are indices.</summary>
    public required bool Keys { get; init; }

    /// <summary>The values of the keys, as text, by index; null if keys have none, or if tokens are integers.</summary>
    public IReadOnlyList<string>? Values { get; init => field = ValueList.Of(value); }

    /// <summary>ML.NET's name of the type of the tokens' values, such as "String"; null if keys have none.</summary>
    public string? ValueType { get; init; }

    /// <summary>How a text, one in a row, becomes these tokens; null: the rows hold tokens.</summary>
    public BytePairTokenizer? Tokenizer { get; init; }

    /// <summary>The index of the token that replaces every unknown token; null: an unknown token is an error.</summary>
    public int? Unknown { get; init; }

    /// <summary>Channels of a token's vector; at least 1.</summary>
    public required int EmbeddingSize { get; init; }

    /// <summary>The standard deviation of the normal distribution of the initial vectors; null: 1.</summary>
    public double? InitialDeviation { get; init; }

    /// <summary>Rate of dropout on those channels, in [0, 1).</summary>
    public double Dropout { get; init; }

    /// <summary>The problems of tokens that a file describes, one sentence each.</summary>
    internal IEnumerable<string> Problems()
    {
        string[] problems =
        [
            .. Limits.AtLeast(1, Count, nameof(Count)),
            .. Limits.AtLeast(1, EmbeddingSize, nameof(EmbeddingSize)),
            .. Limits.Rate(Dropout, nameof(Dropout)),
            .. Limits.Deviation(InitialDeviation, nameof(InitialDeviation)),
            .. Limits.OneEach(Values, Count, nameof(Values)),
            .. Tokenizer?.Problems() ?? [],
        ];
        foreach (string problem in problems)
            yield return problem;
        if (Unknown is { } unknown && (unknown < 0 || unknown >= Count))
            yield return $"{nameof(Unknown)} must be the index of one of {Count} tokens; found {unknown}.";
        if (Tokenizer is { } text && !text.Problems().Any() && text.Count != Count)
            yield return $"{nameof(Count)} must be the number of the tokenizer's tokens, {text.Count}; found {Count}.";
        if (Tokenizer is not null && (Keys || Values is not null || Unknown is not null))
            yield return $"Tokens of a {nameof(Tokenizer)} have no {nameof(Keys)}, {nameof(Values)} and {nameof(Unknown)}.";
    }

    /// <summary>The network's index, from 0, of the token with this value; the unknown token's index if the value is not known.</summary>
    /// <param name="value">The value of the token's key, as text.</param>
    /// <exception cref="ArgumentException">No token has this value, and there is no unknown token.</exception>
    public int IndexOf(string value) => Find(value) ?? Unknown
        ?? throw new ArgumentException($"The token '{value}' is not one of the {Count} known tokens, and there is no unknown token.", nameof(value));

    /// <summary>The index for a number: itself, or that of the unknown token; null if it is not a token and there is no unknown token.</summary>
    internal int? Read(double index) => index >= 0 && index < Count && index == Math.Floor(index) ? (int)index : Unknown;

    /// <summary>The indices of the tokens of an option. The unknown token replaces none of them.</summary>
    /// <param name="values">Their values.</param>
    /// <param name="option">Its name, for messages.</param>
    internal HashSet<int> Known(IEnumerable<string> values, string option) => [.. values.Select(value => Find(value)
        ?? throw new ArgumentException($"{option} has the token '{value}', which is not one of the {Count} tokens of the model.", nameof(values)))];

    /// <summary>The value of a token; for keys without values, their number; for a tokenizer's tokens, as in <see cref="BytePairTokenizer.Tokens"/>.</summary>
    /// <param name="index">The index, from 0.</param>
    public string ValueOf(int index) => Values?[index] ?? Tokenizer?.Tokens[index] ?? (Keys ? index + 1 : index).ToString(CultureInfo.InvariantCulture);

    /// <summary>The layers between the tokens and an architecture.</summary>
    [JsonIgnore]
    internal Layer Lookup => Dropout > 0 ? new Sequential(Vectors, new Dropout((float)Dropout)) : Vectors;

    private int? Find(string value)
    {
        for (int index = 0; index < Count; index++)
        {
            if (ValueOf(index) == value)
                return index;
        }

        return null;
    }

    private Embedding Vectors => new(Count, EmbeddingSize) { InitialDeviation = InitialDeviation ?? 1 };
}
