using System.Text;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Text;

/// <summary>What a token is.</summary>
internal enum TextLevel
{
    Word,
    Char,
}

/// <summary>Plain text in a file, gzipped or not, as tokens: characters, or words with a mark where a line ends.</summary>
internal static class TextSource
{
    /// <summary>The play texts that come with the program.</summary>
    public static string Shipped { get; } = Path.Combine(AppContext.BaseDirectory, "Data", "tinyshakespeare.txt.gz");

    /// <summary>What stands for the end of a line among words.</summary>
    public const string LineEnd = "<eos>";

    /// <summary>What stands for tokens that are not in the training text.</summary>
    public const string Unknown = "<unk>";

    /// <param name="path">The file.</param>
    /// <param name="level">What a token is.</param>
    /// <param name="option">The option that names the file.</param>
    /// <exception cref="UserError">There is no such file, or it holds fewer than two tokens.</exception>
    public static string[] Read(string path, TextLevel level, string option = "--train")
    {
        string[] tokens = TextFile.Read(path, $"{option} names a text file", reader => level == TextLevel.Char ? Characters(reader.ReadToEnd()).ToArray() : [.. Words(reader)]);
        return tokens.Length >= 2 ? tokens : throw new UserError($"The text file '{path}' holds {tokens.Length} tokens; at least 2 are needed.");
    }

    /// <summary>Tokens as text again.</summary>
    public static string Join(IEnumerable<string> tokens, TextLevel level) => level == TextLevel.Char
        ? string.Concat(tokens)
        : string.Join(' ', tokens).Replace($" {LineEnd} ", "\n", StringComparison.Ordinal).Replace(LineEnd, "\n", StringComparison.Ordinal);

    // Characters are few: each is one string, however often it comes.
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

/// <summary>A stretch of text.</summary>
internal sealed class TextRow
{
    public string[] Tokens { get; set; } = [];
}
