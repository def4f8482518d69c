using System.Globalization;
using Microsoft.Data.Analysis;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Series;

/// <summary>The series of a CSV file: its targets, and its rows by series, each in ascending time.</summary>
internal sealed class SeriesTable
{
    private const double LargestDecimal = 7e28;

    private readonly double[][] _values;
    private readonly List<string>? _keys;

    private SeriesTable(DataSource source, CsvTable csv)
    {
        Source = source;
        _values = [.. Targets.Select(target => NumberColumn.Read(csv, csv.Names.Find(target, "--targets"), source.FillsMissing))];
        _keys = source.Series is { } series ? Keys(csv, csv.Names.Find(series, "--series")) : null;
        RowCount = csv.RowCount;
        Series = Group();
        Time = source.Time is { } time ? TimeAxis.Read(
            csv, csv.Names.Find(time, "--time"), Series.MaxBy(series => series.Rows.Count)!.Rows, source.Format.Dates) : null;
    }

    /// <summary>Its source, with all columns named.</summary>
    public DataSource Source { get; }

    public IReadOnlyList<string> Targets => Source.Targets!;

    public TimeAxis? Time { get; }

    /// <summary>
    /// Irregular if steps follow no rule, or are missing and not filled: rows on both sides of a gap are then neighbours, as a note says. Null: as found.
    /// </summary>
    public Frequency? Frequency => Time is { } time
        && Series.Any(series => series.Rows.Count > 1
            && (time.Rhythm(series.Rows) is not { Rule: not null } rhythm || rhythm.Missing > 0 && !Source.FillsMissing))
        ? Frequency.Irregular : null;

    public int RowCount { get; }

    public IReadOnlyList<SeriesRows> Series { get; }

    /// <summary>Notes for the user about how the file was read.</summary>
    public IReadOnlyList<string> Notes { get; private set; } = [];

    public static SeriesTable Read(DataSource source) => Read(source, out _);

    /// <param name="source">The file, and what its columns mean.</param>
    /// <param name="csv">Its cells, the rows in the order of the table.</param>
    public static SeriesTable Read(DataSource source, out CsvTable csv)
    {
        csv = RecentTable.Read(source.Path, format: source.Format, mostRows: source.MostRows);
        var columns = new SeriesColumns(csv, source);
        var table = new SeriesTable(columns.Find(), csv);
        bool newestFirst = table.IsNewestFirst();
        if (newestFirst)
        {
            csv = csv.Reversed();
            table = new SeriesTable(table.Source, csv);
        }

        table.MustAscend(csv);
        table.Notes =
        [
            .. csv.Notes,
            .. csv.Numbers.HasCommas ? ["numbers have a decimal comma"] : Array.Empty<string>(),
            .. columns.Notes,
            .. newestFirst ? ["the newest row is the first: rows are read from the last to the first"] : Array.Empty<string>(),
            .. TimeNotes.Of(table, csv),
        ];
        return table;
    }

    public double Value(int row, int target) => _values[target][row];

    /// <summary>The number of decimals of a target in the file.</summary>
    public int Decimals(int target) => _values[target].Max(value => Math.Abs(value) < LargestDecimal ? ((decimal)value).Scale : 0);

    /// <summary>Some rows, in the order of the file.</summary>
    public DataFrame Rows(IEnumerable<int> rows)
    {
        int[] chosen = [.. rows.Order()];
        var frame = new DataFrame();
        if (Time is not null)
            frame.Columns.Add(Time.Column(Source.Time!, chosen));
        if (_keys is not null)
            frame.Columns.Add(new StringDataFrameColumn(Source.Series!, chosen.Select(row => _keys[row])));
        for (int target = 0; target < Targets.Count; target++)
        {
            double[] values = _values[target];
            frame.Columns.Add(new DoubleDataFrameColumn(Targets[target], chosen.Select(row => values[row])));
        }

        return frame;
    }

    private static List<string> Keys(CsvTable csv, int column)
    {
        List<string> keys = csv.Cells[column];
        int empty = keys.FindIndex(string.IsNullOrWhiteSpace);
        return empty < 0 ? keys : throw new UserError(
            $"'{csv.Path}', {csv.Place(empty)}, column '{csv.Names.All[column]}': the cell is empty. Every row must name its series.");
    }

    private List<SeriesRows> Group()
    {
        if (_keys is null)
            return [new SeriesRows(null, [.. Enumerable.Range(0, RowCount)])];
        var byKey = new Dictionary<string, SeriesRows>(StringComparer.Ordinal);
        var series = new List<SeriesRows>();
        for (int row = 0; row < RowCount; row++)
        {
            if (!byKey.TryGetValue(_keys[row], out SeriesRows? own))
            {
                own = new SeriesRows(_keys[row], []);
                byKey.Add(_keys[row], own);
                series.Add(own);
            }

            own.Rows.Add(row);
        }

        return series;
    }

    private bool IsNewestFirst() => Time is not (null or TextTimes) && Series.Any(series => series.Rows.Count > 1)
        && Series.All(series => series.Rows.Zip(series.Rows.Skip(1)).All(pair => Time.Compare(pair.First, pair.Second) > 0));

    private void MustAscend(CsvTable csv)
    {
        if (Time is null)
            return;
        foreach (SeriesRows series in Series)
        {
            for (int i = 1; i < series.Rows.Count; i++)
            {
                if (Time.Compare(series.Rows[i - 1], series.Rows[i]) >= 0)
                    throw OutOfOrder(csv, series, i);
            }
        }
    }

    private UserError OutOfOrder(CsvTable csv, SeriesRows series, int i)
    {
        (int before, int row) = (series.Rows[i - 1], series.Rows[i]);
        List<string> cells = csv.Cells[csv.Names.Find(Source.Time!, "--time")];
        string place = $"'{csv.Path}', {csv.Place(row)}, column '{Source.Time}': ";
        if (Time is TextTimes text)
            return new UserError(place + text.Unknown(row));
        string of = series.Key is null ? "" : $" in the series '{series.Key}'";
        string remedy = Source.Series is null ? ", or name the column of the series with --series." : ".";
        // Some files have the day in one column and the time of day in another.
        string? clock = cells[row] == cells[before]
            ? csv.Names.All.FirstOrDefault(name => name != Source.Time && IsClock(csv.Cells[csv.Names.Find(name, "--time")][row])) : null;
        return new UserError($"{place}{cells[row]} does not come after {cells[before]} of {csv.Place(before)}{of}. Time must ascend within a series: sort "
            + $"the rows and remove repeated ones{remedy}"
            + (clock is not null ? $" The time of day is in the column '{clock}': write both into one column, here as '{cells[row]} "
            + $"{csv.Cells[csv.Names.Find(clock, "--time")][row]}'." : ""));
    }

    // TimeOnly reads a single number as an hour.
    private static bool IsClock(string cell) => cell.Contains(':', StringComparison.Ordinal) && TimeOnly.TryParse(cell, CultureInfo.InvariantCulture, out _);
}

/// <summary>The rows of one series in time order.</summary>
/// <param name="Key">The value of the series column; null when all rows are one series.</param>
/// <param name="Rows">Rows of the table.</param>
internal sealed record SeriesRows(string? Key, List<int> Rows);
