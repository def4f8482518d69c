using System.Text;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Text;

/// <summary>The kind of token.</summary>
internal enum TextLevel
{
    Word,
    Char,
}

/// <summary>Plain text in a file, gzipped or not, as tokens: characters, or words with a token for each line end.</summary>
internal static class TextSource
{
    /// <summary>The plays that come with the program.</summary>
    public static string Shipped { get; } = Path.Combine(AppContext.BaseDirectory, "Data", "tinyshakespeare.txt.gz");

    /// <summary>The token for a line end among words.</summary>
    public const string LineEnd = "<eos>";

    /// <summary>The token for tokens that are not in the training text.</summary>
    public const string Unknown = "<unk>";

    /// <param name="path">The file.</param>
    /// <param name="level">The kind of token.</param>
    /// <param name="option">The option that names the file.</param>
    /// <param name="encoding">The encoding of the file; null: detected from its first bytes.</param>
    /// <exception cref="UserError">The file is missing, or has fewer than two tokens.</exception>
    public static string[] Read(string path, TextLevel level, string option = "--train", Encoding? encoding = null)
    {
        string[] tokens = TextFile.Read(path, $"{option} names a text file",
            reader => level == TextLevel.Char ? Characters(reader.ReadToEnd()).ToArray() : [.. Words(reader)], encoding);
        return tokens.Length >= 2 ? tokens : throw new UserError($"The text file '{path}' holds {tokens.Length} tokens; at least 2 are needed.");
    }

    /// <summary>Joins tokens into text.</summary>
    public static string Join(IEnumerable<string> tokens, TextLevel level) => level == TextLevel.Char
        ? string.Concat(tokens)
        : string.Join(' ', tokens).Replace($" {LineEnd} ", "\n", StringComparison.Ordinal).Replace(LineEnd, "\n", StringComparison.Ordinal);

    /// <summary>
    /// The number of characters of all tokens but the first, which is not predicted. A word includes the space or line end after it.
    /// </summary>
    public static long Characters(IReadOnlyList<string> tokens, TextLevel level)
    {
        if (level == TextLevel.Char)
            return tokens.Count - 1;
        long characters = 0;
        for (int i = 1; i < tokens.Count; i++)
            characters += tokens[i] != LineEnd ? tokens[i].EnumerateRunes().Count() + 1 : tokens[i - 1] == LineEnd ? 1 : 0;
        return characters;
    }

    // There are few different characters: each is one shared string.
    private static IEnumerable<string> Characters(string text)
    {
        var known = new Dictionary<Rune, string>();
        foreach (Rune letter in text.EnumerateRunes())
        {
            if (!known.TryGetValue(letter, out string? token))
                known.Add(letter, token = letter.ToString());
            yield return token;
        }
    }

    private static IEnumerable<string> Words(StreamReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            foreach (string word in line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                yield return word;
            yield return LineEnd;
        }
    }
}

/// <summary>A row of text.</summary>
internal sealed class TextRow
{
    public string[] Tokens { get; set; } = [];
}
