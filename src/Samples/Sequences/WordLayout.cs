using System.Globalization;

namespace MLNet.Sequence.Samples.Sequences;

/// <summary>The layout of a file with a line for each word: which cell is the word, which is the tag, and which lines are comments.</summary>
/// <param name="Word">The word's cell: 0, or 1 after a cell that counts the words.</param>
/// <param name="Cells">Cells per line; 0 if lines differ.</param>
/// <param name="Tabs">Whether tabs separate the cells.</param>
internal readonly record struct WordLayout(int Word, int Cells, bool Tabs)
{
    // ID FORM LEMMA UPOS XPOS FEATS HEAD DEPREL DEPS MISC
    private const int UniversalCells = 10, UniversalTag = 3;

    /// <summary>A note for the user about the layout; null: none.</summary>
    public string? Note => (Word, IsUniversal) switch
    {
        (0, _) => null,
        (_, true) => "the file is CoNLL-U: the second cell (FORM) is the word, the fourth (UPOS) its tag",
        _ => "the first cell of a line counts the words: the second is the word",
    };

    private bool IsUniversal => Word == 1 && Cells == UniversalCells;

    public static WordLayout Of(IReadOnlyList<string> lines)
    {
        string[] written = [.. lines.Where(line => !string.IsNullOrWhiteSpace(line) && line[0] != '#')];
        if (written.Length == 0)
            return default;
        bool tabs = written.All(line => line.Contains('\t', StringComparison.Ordinal));
        var layout = new WordLayout(0, written.CountBy(line => Split(line, tabs).Length).MaxBy(counted => counted.Value).Key, tabs);
        return layout.Cells > 2 && layout.Count(lines) ? layout with { Word = 1 } : layout;
    }

    /// <summary>Whether a line is a comment or, in CoNLL-U, a multiword token (1-2) or an empty node (1.1).</summary>
    public bool IsLeftOut(string line)
    {
        string[] cells = Split(line, Tabs);
        // A word may also be '#': then its line has a tag like any other.
        return line.StartsWith('#') && cells.Length != Cells || Word == 1 && cells.Length > 0 && cells[0].AsSpan().ContainsAny('-', '.')
            && char.IsAsciiDigit(cells[0][0]);
    }

    public string Tag(string[] cells) => IsUniversal ? cells[UniversalTag] : cells[^1];

    // Whether the first cells are 1, 2, 3 … in every sentence.
    private bool Count(IReadOnlyList<string> lines)
    {
        int next = 1, longest = 0;
        foreach (string line in lines)
        {
            if (string.IsNullOrWhiteSpace(line))
                next = 1;
            else if (!(this with { Word = 1 }).IsLeftOut(line))
            {
                if (Split(line, Tabs)[0] != next.ToString(CultureInfo.InvariantCulture))
                    return false;
                longest = Math.Max(longest, next++);
            }
        }

        return longest > 1;
    }

    private static string[] Split(string line, bool tabs) =>
        tabs ? line.Split('\t', StringSplitOptions.TrimEntries) : line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
