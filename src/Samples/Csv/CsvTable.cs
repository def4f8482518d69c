using Microsoft.VisualBasic.FileIO;

namespace MLNet.Sequence.Samples.Csv;

/// <summary>A CSV file as text (RFC 4180; gzip when the name ends in .gz): column names, and cells by column.</summary>
internal sealed class CsvTable
{
    private readonly List<int> _lines = [];

    private CsvTable(string path, IReadOnlyList<string> names)
    {
        (Path, Names) = (path, new ColumnNames(names));
        Cells = [.. names.Select(_ => new List<string>())];
    }

    public string Path { get; }

    public ColumnNames Names { get; }

    /// <summary>[column][row].</summary>
    public IReadOnlyList<List<string>> Cells { get; }

    public int RowCount => _lines.Count;

    /// <summary>How messages call a row: its number in the data from 1, and its line in the file.</summary>
    public string Place(int row) => FormattableString.Invariant($"row {row + 1} (line {_lines[row]})");

    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it.</param>
    public static CsvTable Read(string path, string option = "--data") =>
        TextFile.Read(path, $"{option} names a CSV file", reader => Read(path, reader));

    private static CsvTable Read(string path, StreamReader reader)
    {
        CsvTable? table = null;
        foreach ((int line, string[] fields) in Records(path, reader))
        {
            if (table is null)
                table = new CsvTable(path, fields);
            else
                table.Add(line, fields);
        }

        if (table is null)
            throw new UserError($"'{path}' is empty. Expected a line with the column names, and rows below it.");
        if (table.RowCount == 0)
            throw new UserError($"'{path}' has column names ({string.Join(", ", table.Names.All)}), but no rows below them.");
        return table;
    }

    private void Add(int line, string[] fields)
    {
        if (fields.Length != Cells.Count)
        {
            throw new UserError(FormattableString.Invariant(
                $"'{Path}', row {RowCount + 1} (line {line}) has {fields.Length} cells; the header names {Cells.Count} columns."));
        }

        _lines.Add(line);
        for (int column = 0; column < fields.Length; column++)
            Cells[column].Add(fields[column]);
    }

    // A line without quotes is a record; one with an open quote goes on in the next line. Empty lines are left out.
    private static IEnumerable<(int Line, string[] Fields)> Records(string path, StreamReader reader)
    {
        int line = 0;
        while (reader.ReadLine() is { } record)
        {
            int first = ++line;
            while (record.AsSpan().Count('"') % 2 == 1)
            {
                record += "\n" + (reader.ReadLine()
                    ?? throw new UserError(FormattableString.Invariant($"'{path}', line {first}: a quote is opened that is never closed.")));
                line++;
            }

            if (record.Length > 0)
                yield return (first, record.Contains('"', StringComparison.Ordinal) ? Unquote(path, first, record) : record.Split(','));
        }
    }

    private static string[] Unquote(string path, int line, string record)
    {
        using var parser = new TextFieldParser(new StringReader(record)) { HasFieldsEnclosedInQuotes = true, TrimWhiteSpace = false };
        parser.SetDelimiters(",");
        try
        {
            return parser.ReadFields() ?? [];
        }
        catch (MalformedLineException exception)
        {
            throw new UserError(FormattableString.Invariant($"'{path}', line {line}: the quotes do not fit: {record}"), exception);
        }
    }
}
