using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Bench.Tables;

/// <summary>A text of the Penn Treebank, in Mikolov's form: symbols between spaces, and one at the end of each line; each with its index.</summary>
/// <param name="folder">The folder of its three parts.</param>
/// <param name="prefix">The beginning of their names.</param>
/// <param name="end">The symbol at the end of a line.</param>
internal sealed class PennText(string folder, string prefix, string end)
{
    private const int RowLength = 2048;

    private readonly Dictionary<string, int> _vocabulary = [];

    /// <summary>The number of different symbols that were read.</summary>
    public int Symbols => _vocabulary.Count;

    public string File(string part) => DataFiles.Shared("ptb", folder, $"{prefix}.{part}.txt.gz");

    public int[] Read(string part) =>
        [.. Lines(part).Select(symbol => _vocabulary.TryGetValue(symbol, out int index) ? index : _vocabulary[symbol] = _vocabulary.Count)];

    /// <summary>Each row begins with the last symbol of the one before, so that all but the first are predicted once.</summary>
    public static IDataView View(MLContext ml, ReadOnlySpan<int> text, int length = RowLength)
    {
        var rows = new List<Stretch>();
        for (int start = 0; start < text.Length - 1; start += length)
            rows.Add(new Stretch { Features = text[start..Math.Min(text.Length, start + length + 1)].ToArray() });
        return ml.Data.LoadFromEnumerable(rows);
    }

    private IEnumerable<string> Lines(string part)
    {
        using var reader = new StreamReader(DataFiles.OpenGzip(File(part)));
        while (reader.ReadLine() is { } line)
        {
            foreach (string symbol in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                yield return symbol;
            yield return end;
        }
    }

    private sealed class Stretch
    {
        [VectorType]
        public int[] Features { get; set; } = [];
    }
}
