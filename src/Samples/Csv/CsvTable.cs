using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using MLNet.Sequence.Samples.Columnar;

namespace MLNet.Sequence.Samples.Csv;

/// <summary>
/// A table as text: column names, and cells by column. It is a CSV file (RFC 4180; gzip when the name ends in .gz), or a Parquet or Arrow
/// file, whose values are written as a CSV file would have them.
/// </summary>
internal sealed class CsvTable
{
    // In a cell longer than this, a quote was never closed.
    private const double LongestCell = 1 << 20;

    private readonly IReadOnlyList<Place> _places;

    private CsvTable(string path, Dialect dialect, FileFormat format, Columns columns)
    {
        (Path, _places, Names, Cells) = (path, columns.Places, new ColumnNames(columns.Names), columns.Cells);
        Numbers = new NumberFormat(this, dialect.Separator, format.DecimalMark);
        Notes = [.. dialect.Note(columns.Count) is { } note ? [note] : Array.Empty<string>(), .. columns.Notes];
    }

    private CsvTable(string path, IReadOnlyList<TypedColumn> columns)
    {
        (string Name, List<string>? Cells)[] all = [.. columns.Select(column => (column.Name, column.Cells()))];
        (string Name, List<string>? Cells)[] kept = [.. all.Where(column => column.Cells is not null)];
        (Path, HasTypes) = (path, true);
        Names = new ColumnNames([.. kept.Select(column => column.Name)]);
        Cells = [.. kept.Select(column => column.Cells!)];
        _places = [.. Enumerable.Range(1, Cells.Count == 0 ? 0 : Cells[0].Count).Select(row => new Place(row, null))];
        // Its numbers are numbers.
        Numbers = new NumberFormat(this, ',', '.');
        string[] others = [.. all.Where(column => column.Cells is null).Select(column => $"'{column.Name}'")];
        Notes = others.Length == 0 ? [] : [$"left out: {string.Join(", ", others)}, which hold neither numbers nor texts nor times"];
        if (RowCount == 0)
            throw new UserError($"'{path}' has columns ({string.Join(", ", columns.Select(column => column.Name))}), but no rows of numbers, texts or times.");
    }

    private CsvTable(CsvTable other, bool reversed)
    {
        (Path, HasTypes, Names, Notes, IsCut) = (other.Path, other.HasTypes, other.Names, other.Notes, other.IsCut);
        _places = reversed ? [.. other._places.Reverse()] : other._places;
        Cells = reversed ? [.. other.Cells.Select(column => Enumerable.Reverse(column).ToList())] : other.Cells;
        Numbers = reversed ? other.Numbers : other.Numbers.Anew(this);
    }

    public string Path { get; }

    /// <summary>Whether the file itself says what its columns hold, and how they are named.</summary>
    public bool HasTypes { get; }

    public ColumnNames Names { get; }

    /// <summary>[column][row].</summary>
    public IReadOnlyList<List<string>> Cells { get; }

    /// <summary>The number format of the file.</summary>
    public NumberFormat Numbers { get; }

    /// <summary>Notes for the user about how the file was read.</summary>
    public IReadOnlyList<string> Notes { get; }

    public int RowCount => _places.Count;

    /// <summary>Whether the file has more rows than were asked for.</summary>
    public bool IsCut { get; private init; }

    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it.</param>
    /// <param name="format">The format, as given by the user.</param>
    /// <param name="mostRows">How many rows are read at most, the first ones; at least 1.</param>
    public static CsvTable Read(string path, string option = "--data", FileFormat? format = null, int mostRows = int.MaxValue)
    {
        format ??= new FileFormat();
        if (TypedFile.Is(path))
            return ReadTyped(path, $"{option} names a file", format, mostRows);
        string what = $"{option} names a CSV file";
        var dialect = TextFile.Read(path, what, reader => new Dialect(Separator.Of(reader), reader.CurrentEncoding), format.Encoding);
        return TextFile.Read(path, what, reader =>
        {
            Columns columns = Records(path, reader, dialect.Separator, mostRows);
            return new CsvTable(path, dialect, format, columns.Finish()) { IsCut = columns.IsFull };
        }, format.Encoding);
    }

    /// <summary>The name of a row in messages: its number in the data, from 1, and its line in a text file.</summary>
    public string Place(int row) =>
        FormattableString.Invariant($"row {_places[row].Row}") + (_places[row].Line is { } line ? FormattableString.Invariant($" (line {line})") : "");

    /// <summary>The same rows in reverse order.</summary>
    public CsvTable Reversed() => new(this, reversed: true);

    /// <summary>The same cells for another reader, who may be another thread: each finds the number format of the columns that it reads.</summary>
    public CsvTable Anew() => new(this, reversed: false);

    private static CsvTable ReadTyped(string path, string what, FileFormat format, int mostRows)
    {
        string? option = format.Encoding is not null ? "--encoding" : format.DecimalMark is not null ? "--decimal" : null;
        if (option is null)
        {
            IReadOnlyList<TypedColumn> columns = TypedFile.Read(path, what, mostRows);
            bool isCut = columns.Any(column => column.Values?.Count > mostRows);
            return new CsvTable(path, isCut ? [.. columns.Select(column => column.First(mostRows))] : columns) { IsCut = isCut };
        }

        throw new UserError($"{option} is for text files; '{path}' has typed columns. Leave {option} out.");
    }

    private static Columns Records(string path, StreamReader reader, char separator, int mostRows)
    {
        int line = 1;
        string badCell = "";
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = separator.ToString(),
            TrimOptions = TrimOptions.Trim,
            MaxFieldSize = LongestCell,
            // A quote inside a cell is an ordinary character; a quote at the start needs one at the end.
            BadDataFound = found => badCell = badCell.Length == 0 && found.Field.TrimStart() is ['"', ..] cell ? cell : badCell,
        };
        using var parser = new CsvParser(reader, configuration, leaveOpen: true);
        Columns? columns = null;
        try
        {
            while (parser.Read())
            {
                string[] cells = parser.Record!;
                line = parser.RawRow - cells.Sum(Breaks);
                if (badCell.Length > 0)
                    throw Misquoted(path, line, parser.RawRecord.EndsWith(badCell, StringComparison.Ordinal) && !parser.Read() ? "" : badCell);
                if (columns is null && cells is ["sep=", ""])
                    continue; // Excel's own line
                if (columns is null)
                    columns = new Columns(path, cells, separator) { Most = mostRows };
                else if (columns.IsFull)
                    break;
                else if (cells.Length > 1 || columns.Count == 1 || cells[0].Length > 0)
                    columns.Add(line, cells);
                line = parser.RawRow + 1;
            }
        }
        catch (MaxFieldSizeException exception)
        {
            throw Misquoted(path, line, "", exception);
        }

        return columns ?? throw new UserError($"'{path}' is empty. Expected a line with the column names, and rows below it.");
    }

    // No cell: the quote is never closed.
    private static UserError Misquoted(string path, int line, string cell, Exception? inner = null)
    {
        string problem = cell.Length == 0 ? "a quote is never closed" : $"the quotes do not fit: {cell}";
        return new UserError(FormattableString.Invariant(
            $"'{path}', line {line}: {problem}. A cell that begins with a quote must end with one; quotes inside it are doubled."), inner);
    }

    private static int Breaks(string cell) => cell.AsSpan().ContainsAny('\r', '\n') ? cell.ReplaceLineEndings("\n").Count(letter => letter == '\n') : 0;
}

/// <summary>The place of a row: its number in the data, and its line in a text file.</summary>
internal readonly record struct Place(int Row, int? Line);
