using System.Buffers;
using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using MLNet.Sequence.Samples.Output;

namespace MLNet.Sequence.Samples.Csv;

/// <summary>Writes and reads the program's own CSV files (RFC 4180, commas); those of users are read by <see cref="CsvTable"/>.</summary>
internal static class CsvText
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    public static string Line(IEnumerable<string> cells) => string.Join(',', cells.Select(Quote));

    /// <summary>Writes a file that appears whole.</summary>
    public static void Write(string path, IEnumerable<string> names, IEnumerable<IEnumerable<string>> rows)
    {
        using var unfinished = new UnfinishedFile(path);
        using (var file = new StreamWriter(unfinished.Path) { NewLine = "\n" })
        {
            foreach (IEnumerable<string> cells in rows.Prepend(names))
                file.WriteLine(Line(cells));
        }

        unfinished.Finish(overwrite: true);
    }

    /// <summary>The cells of each record, the names first.</summary>
    public static IEnumerable<string[]> Read(string path)
    {
        using var reader = new StreamReader(path);
        using var parser = new CsvParser(reader, CultureInfo.InvariantCulture);
        while (parser.Read())
            yield return parser.Record!;
    }

    /// <summary>The cells of a line as a user types it: without blanks around them and without empty ones; a cell with a comma stands in quotes.</summary>
    public static string[] Typed(string line)
    {
        using var parser = new CsvParser(new StringReader(line), new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            TrimOptions = TrimOptions.Trim,
            BadDataFound = null,
        });
        return parser.Read() ? [.. parser.Record!.Where(cell => cell.Length > 0)] : [];
    }

    private static string Quote(string cell) =>
        cell.AsSpan().ContainsAny(Special) ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
}
