using System.Text;
using System.Text.Json.Serialization;
using MLNet.Sequence.Tokenizers;

namespace MLNet.Sequence;

/// <summary>
/// Byte-pair encoding of text (Sennrich et al., arXiv 1508.07909, section 3.2) on the bytes of UTF-8, as in GPT-2 (Radford et al. 2019, section 2.2): a
/// text is divided into words, numbers, signs and white space by GPT-2's pattern, and in each of them pairs of neighbouring tokens are merged, the
/// earliest merge first. Every text has tokens, and its tokens give exactly this text.
/// </summary>
/// <remarks>
/// The tokens are the 256 bytes, in the order of GPT-2's alphabet, then the results of the merges: with GPT-2's merges they have GPT-2's numbers. Half of
/// a surrogate pair is not a character and has no bytes, so it is refused.
/// </remarks>
public sealed record BytePairTokenizer : TextTokenizer
{
    private BytePairTables? _tables;

    /// <summary>
    /// The merges, the earliest first: two tokens with a blank between them, such as "Ġt he", in GPT-2's alphabet, in which each byte is a visible
    /// character. This is a line of GPT-2's merges.txt.
    /// </summary>
    public required IReadOnlyList<string> Merges
    {
        get;
        init
        {
            field = ValueList.Of(value);
            _tables = null;
        }
    }

    /// <summary>The tokens by index, from 0, in GPT-2's alphabet.</summary>
    /// <exception cref="FormatException">A merge is not one.</exception>
    [JsonIgnore]
    public IReadOnlyList<string> Tokens => Tables.Tokens;

    /// <summary>256 tokens for bytes, and those that the merges make.</summary>
    [JsonIgnore]
    public int Count => Tables.Tokens.Count;

    private BytePairTables Tables => _tables ??= new BytePairTables(Merges);

    /// <summary>
    /// Learns merges from texts: again and again, the pair of neighbouring tokens that occurs most often inside words becomes a token; among
    /// equally frequent ones, the one whose first token, then whose second token, has the lower index. So the same texts, in any order, give the
    /// same merges. Pairs that occur only once are not merged, so there may be fewer merges.
    /// </summary>
    /// <param name="texts">The texts.</param>
    /// <param name="merges">The largest number of merges; at least 0.</param>
    /// <exception cref="ArgumentException">A text has half of a surrogate pair, or the number is negative.</exception>
    public static BytePairTokenizer Learn(IEnumerable<string> texts, int merges)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfNegative(merges);
        return Learn(texts, merges, static () => { });
    }

    /// <summary>The same, with a check after each merge, which throws to end the learning.</summary>
    internal static BytePairTokenizer Learn(IEnumerable<string> texts, int merges, Action check) =>
        new() { Merges = new BytePairLearning(texts).Merges(merges, check) };

    /// <summary>Reads merges in the form of GPT-2's merges.txt: a merge a line; a first line that starts with "#version" is not one.</summary>
    /// <param name="reader">The text; it stays open.</param>
    /// <exception cref="FormatException">A line is not a merge of tokens that earlier lines make; the message has its number.</exception>
    public static BytePairTokenizer Read(TextReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        string[] lines = [.. Lines(reader)];
        if (lines is [var first, ..] && first.StartsWith("#version", StringComparison.Ordinal))
            lines = lines[1..];
        var tokenizer = new BytePairTokenizer { Merges = lines };
        _ = tokenizer.Tables;
        return tokenizer;
    }

    /// <summary>The tokens of a text, by their indices; none for an empty text.</summary>
    /// <param name="text">Any text of whole characters.</param>
    /// <exception cref="ArgumentException">The text has half of a surrogate pair; the message has its place.</exception>
    public IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encode(text.AsSpan());
    }

    /// <inheritdoc cref="Encode(string)"/>
    public IReadOnlyList<int> Encode(ReadOnlySpan<char> text)
    {
        if (ByteAlphabet.LoneSurrogate(text) is >= 0 and var place)
            throw new ArgumentException(ByteAlphabet.Describe(text, place), nameof(text));
        return Tables.Encode(text);
    }

    /// <summary>
    /// The text of tokens. Those of a text give exactly this text; others, such as predicted ones, may be no whole characters in UTF-8, which then
    /// become U+FFFD (�).
    /// </summary>
    /// <param name="tokens">Their indices.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is not that of a token.</exception>
    public string Decode(IEnumerable<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return Encoding.UTF8.GetString([.. tokens.SelectMany(Bytes)]);
    }

    /// <summary>The bytes of a token.</summary>
    internal byte[] Bytes(int token) => token >= 0 && token < Count
        ? Tables.Bytes[token]
        : throw new ArgumentOutOfRangeException(nameof(token), token, $"Expected the index of one of {Count} tokens.");

    /// <summary>Equal if the merges are.</summary>
    /// <param name="other">Another tokenizer.</param>
    public bool Equals(BytePairTokenizer? other) => other is not null && Merges.Equals(other.Merges);

    /// <inheritdoc/>
    public override int GetHashCode() => Merges.GetHashCode();

    /// <summary>The number of tokens and of merges.</summary>
    public override string ToString() => $"{nameof(BytePairTokenizer)} of {Merges.Count} merges";

    internal override IEnumerable<string> Problems()
    {
        string? problem = null;
        try
        {
            _ = Tables;
        }
        catch (FormatException exception)
        {
            problem = exception.Message;
        }

        return problem is null ? [] : [$"Tokenizer: {problem}"];
    }

    private static IEnumerable<string> Lines(TextReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0)
                yield return line;
        }
    }
}
