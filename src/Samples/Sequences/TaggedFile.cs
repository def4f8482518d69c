using System.Text;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Sequences;

/// <summary>
/// Reads tagged sentences in one of two forms: a line with words, a tab, and a tag for each word; or, as in the CoNLL shared tasks, a line
/// for each word, with the word first, its tag last, and an empty line between sentences. In CoNLL-U, the form is the word and the
/// universal part of speech is its tag. Comment lines are skipped. Each file may be gzipped (.gz).
/// </summary>
internal static class TaggedFile
{
    private const string Begin = "BOS", End = "EOS", DocumentStart = "-DOCSTART-", NewDocument = "# newdoc";

    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it, for messages.</param>
    /// <param name="encoding">Its encoding; null: by its first bytes.</param>
    /// <param name="tell">Receives notes for the user about how the file was read.</param>
    public static IReadOnlyList<TaggedSentence> Read(string path, string option, Encoding? encoding = null, Action<string>? tell = null)
    {
        List<TaggedSentence> sentences = TextFile.Read(
            path, $"{option} names a file of tagged sentences", reader => Sentences(path, reader, tell).ToList(), encoding);
        return sentences.Count > 0 ? sentences : throw new UserError($"'{path}' has no sentences.");
    }

    private static IEnumerable<TaggedSentence> Sentences(string path, StreamReader reader, Action<string>? tell)
    {
        List<string> lines = [];
        while (reader.ReadLine() is { } read)
            lines.Add(read);
        // If one line holds a whole sentence, all lines do, also those of a single word.
        bool linesAreSentences = lines.Exists(line => line.Split('\t') is [var left, var right] && Parts(left).Length > 1 && Parts(right).Length > 1);
        var layout = linesAreSentences ? default : WordLayout.Of(lines);
        if (layout.Note is { } note)
            tell?.Invoke($"'{path}': {note}");
        var words = new List<string[]>();
        int document = 0;
        for (int number = 1; number <= lines.Count; number++)
        {
            string line = lines[number - 1];
            string place = FormattableString.Invariant($"'{path}', line {number}");
            string[] cells = Parts(line);
            // A line of a sentence has many words before its only tab; a line of a word has one before its tabs.
            if (line.Split('\t') is [var left, var right] && (linesAreSentences || Parts(left).Length > 1 || words.Count == 0 && Parts(right).Length > 1))
            {
                yield return Sentence(Parts(left), Parts(right), place);
            }
            else if (!linesAreSentences && layout.IsLeftOut(line))
            {
                document += line.StartsWith(NewDocument, StringComparison.Ordinal) ? 1 : 0;
            }
            else if (cells.Length > 0)
            {
                words.Add(cells.Length > 1 + layout.Word ? cells : throw new UserError($"{place}: '{line}' has a word without a tag."));
            }
            else if (words.Count > 0)
            {
                if (words[0][0] == DocumentStart)
                    document++;
                else
                    yield return Sentence(words, layout, place, document);
                words.Clear();
            }
        }

        if (words.Count > 0 && words[0][0] != DocumentStart)
            yield return Sentence(words, layout, $"'{path}'", document);
    }

    private static TaggedSentence Sentence(List<string[]> words, WordLayout layout, string place, int document)
    {
        TaggedSentence sentence = Sentence([.. words.Select(word => word[layout.Word])], [.. words.Select(layout.Tag)], place);
        sentence.Document = document;
        return sentence;
    }

    // The words between BOS and EOS: the tag at EOS belongs to the sentence, not to a word.
    private static TaggedSentence Sentence(string[] words, string[] tags, string place)
    {
        if (words.Length != tags.Length)
            throw new UserError($"{place} has {words.Length} words and {tags.Length} tags.");
        return words is [Begin, .. var inner, End]
            ? new TaggedSentence { Words = inner, Tags = tags[1..^1] }
            : new TaggedSentence { Words = words, Tags = tags };
    }

    private static string[] Parts(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
