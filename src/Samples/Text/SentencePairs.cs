using System.Text;
using Microsoft.ML.Data;
using MLNet.Sequence.Metrics;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Text;

/// <summary>A sentence and its translation, as words, and as they are in the files.</summary>
internal sealed class SentencePair
{
    public string[] Source { get; set; } = [];

    public string[] Target { get; set; } = [];

    [NoColumn]
    public string SourceText { get; set; } = "";

    [NoColumn]
    public string TargetText { get; set; } = "";
}

/// <summary>Sentences and their translations: two text files, gzipped or not, with one sentence in a line, the same line in both.</summary>
internal static class SentencePairs
{
    /// <summary>The word for words that are not in the vocabulary: one sign, which BLEU does not take apart.</summary>
    public const string Unknown = "⁇";

    /// <param name="files">The file of sources, and that of targets.</param>
    /// <param name="option">The option that names them.</param>
    /// <param name="form">Their encoding, null: detected from their first bytes; and whether capital letters become small ones.</param>
    /// <param name="say">Gets a sentence about pairs that are left out.</param>
    /// <exception cref="UserError">A file is missing or empty, or the files differ in their number of lines.</exception>
    public static SentencePair[] Read((string Source, string Target) files, string option, (Encoding? Encoding, bool LowerCase) form, Action<string> say)
    {
        string[] sources = Lines(files.Source, option, form.Encoding), targets = Lines(files.Target, option, form.Encoding);
        if (sources.Length != targets.Length)
            throw new UserError($"{option}: '{files.Source}' has {sources.Length} lines, but '{files.Target}' has {targets.Length}. A sentence and its "
                + "translation are on the same line of both files.");
        if (form.LowerCase)
            (sources, targets) = (Array.ConvertAll(sources, line => line.ToLowerInvariant()), Array.ConvertAll(targets, line => line.ToLowerInvariant()));
        SentencePair[] all = [.. sources.Zip(targets, (source, target) =>
            new SentencePair { Source = Tokens13a.Of(source), Target = Tokens13a.Of(target), SourceText = source, TargetText = target })];
        SentencePair[] whole = [.. all.Where(pair => pair.Source.Length > 0 && pair.Target.Length > 0)];
        if (whole.Length == 0)
            throw new UserError($"{option}: no line of '{files.Source}' has a sentence with a translation in '{files.Target}'.");
        if (whole.Length < all.Length)
            say($"{option}: {all.Length - whole.Length} of {all.Length} lines are empty in one of the files, and are left out");
        return whole;
    }

    /// <summary>The unknown word, then the words that occur at least so often, in the order of their letters.</summary>
    public static string[] Vocabulary(IEnumerable<string[]> sentences, int least) =>
    [
        Unknown,
        .. sentences.SelectMany(words => words).CountBy(word => word, StringComparer.Ordinal).Where(one => one.Value >= least && one.Key != Unknown)
            .Select(one => one.Key).Order(StringComparer.Ordinal),
    ];

    private static string[] Lines(string path, string option, Encoding? encoding) =>
        TextFile.Read<string[]>(path, $"{option} names two text files", reader => [.. All(reader)], encoding);

    private static IEnumerable<string> All(StreamReader reader)
    {
        while (reader.ReadLine() is { } line)
            yield return line;
    }
}
