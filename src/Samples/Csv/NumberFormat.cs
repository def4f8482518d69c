using System.Globalization;
using System.Text.RegularExpressions;

namespace MLNet.Sequence.Samples.Csv;

/// <summary>
/// The number format of a table: decimal point or decimal comma, with or without thousands separators. A cell such as 1,5 shows it. A cell
/// such as 1,234 does not: then the other cells of its column, the other columns and the separator decide.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="separator">The separator of its cells.</param>
/// <param name="given">The decimal mark given by the user.</param>
internal sealed partial class NumberFormat(CsvTable table, char separator, char? given)
{
    private const char Point = '.', Comma = ',';
    private readonly Dictionary<int, char> _marks = [];
    private readonly Dictionary<int, char?> _knownMarks = [];

    /// <summary>Whether any column read so far has a decimal comma.</summary>
    public bool HasCommas => _marks.ContainsValue(Comma);

    /// <summary>The same format for the same cells, of which nothing has been read yet.</summary>
    public NumberFormat Anew(CsvTable again) => new(again, separator, given);

    /// <summary>Whether a cell is a number in any format.</summary>
    public static bool IsNumber(string cell) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _) || cell.AsSpan().ContainsAnyInRange('0', '9') && Written().IsMatch(cell);

    /// <summary>Reads a number in the format of its column.</summary>
    public bool TryRead(string cell, int column, out double value)
    {
        char mark = _marks.TryGetValue(column, out char known) ? known : _marks[column] = Mark(column);
        if (mark == Point && double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value))
            return true;
        value = 0;
        Match match = Written().Match(cell);
        if (!match.Success)
            return false;
        string group = match.Groups["group"].Value, found = match.Groups["mark"].Value;
        // 1,234 where the comma is decimal
        bool single = group.Length == 1 && group[0] == mark && found.Length == 0 && match.Groups["more"].Captures.Count == 0;
        if (!single && (group == found && found.Length > 0 || group.Length == 1 && group[0] == mark || found.Length == 1 && found[0] != mark))
            return false;
        string plain = single || group.Length == 0 ? cell : cell.Replace(group, "", StringComparison.Ordinal);
        return double.TryParse(plain.Replace(mark, Point).Replace('\u2212', '-'), NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    private char Mark(int column)
    {
        if (given is { } mark)
            return mark;
        if (KnownMark(column) is { } own)
            return own;
        if (!table.Cells[column].Exists(cell => Written().Match(cell).Groups["group"].ValueSpan is "," or "."))
            return Point;
        char[] others = [.. Enumerable.Range(0, table.Cells.Count).Select(KnownMark).OfType<char>().Distinct()];
        if (others is [var only])
            return only;
        string example = table.Cells[column].First(cell => Written().Match(cell).Groups["group"].ValueSpan is "," or ".");
        return (example.Contains(Comma, StringComparison.Ordinal), separator, table.Cells.Count) switch
        {
            (false, _, _) => Point,
            (_, ';', > 1) => Comma,
            (_, ',', _) => Point,
            _ => throw new UserError($"'{table.Path}', column '{table.Names.All[column]}': '{example}' is ambiguous: decimal or thousands separator. "
                + "Choose with --decimal comma or --decimal point."),
        };
    }

    private char? KnownMark(int column) => _knownMarks.TryGetValue(column, out char? known) ? known : _knownMarks[column] = FirstMark(column);

    // The decimal mark of the first number that allows only one.
    private char? FirstMark(int column)
    {
        foreach (string cell in table.Cells[column])
        {
            if (NumberColumn.IsMissing(cell))
                continue;
            Match match = Written().Match(cell);
            if (!match.Success)
                return null;
            if (match.Groups["mark"] is { Success: true } mark && mark.Value != match.Groups["group"].Value)
                return mark.Value[0];
            if (match.Groups["more"].Captures.Count > 0 && match.Groups["group"].Value is "," or ".")
                return match.Groups["group"].ValueSpan is "," ? Point : Comma;
        }

        return null;
    }

    // Groups of three digits have precedence: 1,234 has such a group, 0,123 and 1,2345 do not.
    [GeneratedRegex(@"^\s*[-+\u2212]?(?:[1-9]\d{0,2}(?<group>[.,'\u2019 \u00A0\u202F])\d{3}(?<more>\k<group>\d{3})*|\d*)"
        + @"(?:(?<mark>[.,])\d*)?(?:[eE][-+]?\d+)?\s*$")]
    private static partial Regex Written();
}
