using System.Globalization;
using Microsoft.Data.Analysis;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Series;

/// <summary>Times that are dates; all in one of the known formats, in which they are also written.</summary>
internal sealed class DateTimes : TimeAxis
{
    // Where day and month could be either, the American order is tried first: the first format that fits all cells is it.
    private static readonly string[] Days =
        ["yyyy-MM-dd", "yyyy/MM/dd", "yyyy/M/d", "dd.MM.yyyy", "d.M.yyyy", "MM/dd/yyyy", "M/d/yyyy", "dd/MM/yyyy", "d/M/yyyy"];

    private static readonly string[] Clocks = ["", " HH:mm:ss.FFFFFFFK", "'T'HH:mm:ss.FFFFFFFK", " HH:mmK", "'T'HH:mmK", " H:mm:ss", " H:mm"];
    private static readonly string[] Formats = [.. Days.SelectMany(day => Clocks.Select(clock => day + clock)), "yyyy-MM", "yyyy/MM"];

    private readonly DateTime[] _times;
    private readonly string _format;

    private DateTimes(DateTime[] times, string format) => (_times, _format) = (times, format);

    public override bool IsDate => true;

    public static bool Looks(string cell) => Formats.Any(format => TryParse(cell, format, out _));

    public static new DateTimes Read(CsvTable table, int column)
    {
        List<string> cells = table.Cells[column];
        var times = new DateTime[cells.Count];
        int furthest = -1;
        string format = "";
        foreach (string candidate in Formats)
        {
            int row = 0;
            while (row < times.Length && TryParse(cells[row], candidate, out times[row]))
                row++;
            if (row == times.Length)
                return new DateTimes(times, candidate);
            if (row > furthest)
                (furthest, format) = (row, candidate);
        }

        string shape = format.Replace("'", "", StringComparison.Ordinal).Replace(".FFFFFFFK", "", StringComparison.Ordinal).Replace("K", "", StringComparison.Ordinal);
        throw new UserError($"'{table.Path}', {table.Place(furthest)}, column '{table.Names.All[column]}': '{cells[furthest]}' is not a time of the form {shape}, "
            + "as the rows before it are.");
    }

    public override int UsualSeason(IReadOnlyList<int> rows)
    {
        var step = CalendarStep.Of([.. rows.Select(row => _times[row])]);
        return (step.Months, step.Span.TotalHours) switch
        {
            (1, _) => 12,
            (3, _) => 4,
            (0, 24) => 7,
            (0, > 0 and < 24) => 24 / step.Span.TotalHours is var day && day == Math.Floor(day) ? (int)day : 1,
            _ => 1,
        };
    }

    public override int Compare(int row, int other) => _times[row].CompareTo(_times[other]);

    public override DataFrameColumn Column(string name, IEnumerable<int> rows) =>
        new DateTimeDataFrameColumn(name, rows.Select(row => _times[row]));

    public override double Position(int row) => _times[row].ToOADate();

    public override IReadOnlyList<string> After(IReadOnlyList<int> rows, int steps)
    {
        var step = CalendarStep.Of([.. rows.Select(row => _times[row])]);
        return [.. Enumerable.Range(1, steps).Select(count => step.After(_times[rows[^1]], count).ToString(_format, CultureInfo.InvariantCulture))];
    }

    private static bool TryParse(string cell, string format, out DateTime time) =>
        DateTime.TryParseExact(cell, format, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out time);
}
