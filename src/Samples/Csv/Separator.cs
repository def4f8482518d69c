using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace MLNet.Sequence.Samples.Csv;

/// <summary>The separator of cells in a CSV file.</summary>
internal static class Separator
{
    private const int SampleLength = 1 << 16, SampleRecords = 100;

    // The comma is last: it also occurs in numbers.
    private static readonly char[] Known = ['\t', ';', '|', ','];

    /// <summary>
    /// The separator that splits all first records into the same number of cells, two or more; otherwise the most frequent one in the
    /// header.
    /// </summary>
    public static char Of(TextReader reader)
    {
        var sample = new char[SampleLength];
        int length = reader.ReadBlock(sample);
        string text = new(sample, 0, length);
        // Excel may name it in a separate line.
        if (text.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && text.Length > 5 && text[5] is '\r' or '\n')
            return text[4];
        Dictionary<char, int[]> cells = Known.ToDictionary(separator => separator, separator => Cells(text, separator, whole: length < SampleLength));
        foreach ((char separator, int[] counts) in cells)
        {
            if (counts is [> 1, ..] && counts.Distinct().Count() == 1)
                return separator;
        }

        // A header of one name has no separator: then there is none, and commas belong to numbers.
        (char most, int[] inHeader) = cells.Reverse().MaxBy(pair => pair.Value.FirstOrDefault());
        return inHeader is [> 1, ..] ? most : ';';
    }

    private static int[] Cells(string text, char separator, bool whole)
    {
        using var parser = new CsvParser(new StringReader(text),
            new CsvConfiguration(CultureInfo.InvariantCulture) { Delimiter = separator.ToString(), BadDataFound = null });
        var counts = new List<int>();
        while (counts.Count < SampleRecords && parser.Read())
        {
            if (parser.Count > 1 || !string.IsNullOrWhiteSpace(parser[0]))
                counts.Add(parser.Count);
        }

        // The last record of a sample may be cut off.
        return whole || counts.Count is SampleRecords or < 2 ? [.. counts] : [.. counts[..^1]];
    }
}
