using Microsoft.Data.Analysis;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Series;

/// <summary>The series of a CSV file: its targets, and its rows by series, each in ascending time.</summary>
internal sealed class SeriesTable
{
    private readonly float[][] _values;
    private readonly List<string>? _keys;

    private SeriesTable(DataSource source, CsvTable csv)
    {
        Source = source with { Targets = source.Targets ?? AllTargets(source, csv) };
        _values = [.. Targets.Select(target => NumberColumn.Read(csv, csv.Names.Find(target, "--targets")))];
        _keys = source.Series is { } series ? Keys(csv, csv.Names.Find(series, "--series")) : null;
        Time = source.Time is { } time ? TimeAxis.Read(csv, csv.Names.Find(time, "--time")) : null;
        RowCount = csv.RowCount;
        Series = Group();
        if (Time is not null)
            MustAscend(csv);
    }

    /// <summary>Where it came from, all columns named.</summary>
    public DataSource Source { get; }

    public IReadOnlyList<string> Targets => Source.Targets!;

    public TimeAxis? Time { get; }

    public int RowCount { get; }

    public IReadOnlyList<SeriesRows> Series { get; }

    public static SeriesTable Read(DataSource source)
    {
        CsvTable csv = CsvTable.Read(source.Path);
        return new SeriesTable(source.WithUsualTime(csv.Names), csv);
    }

    public float Value(int row, int target) => _values[target][row];

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
            float[] values = _values[target];
            frame.Columns.Add(new SingleDataFrameColumn(Targets[target], chosen.Select(row => values[row])));
        }

        return frame;
    }

    private static string[] AllTargets(DataSource source, CsvTable csv)
    {
        string[] targets = [.. NumberColumn.Names(csv).Where(name => name != source.Time && name != source.Series)];
        return targets.Length > 0 ? targets : throw new UserError($"'{source.Path}' has no column of numbers beside time and series: there is nothing to forecast.");
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

    private void MustAscend(CsvTable csv)
    {
        List<string> cells = csv.Cells[csv.Names.Find(Source.Time!, "--time")];
        foreach (SeriesRows series in Series)
        {
            for (int i = 1; i < series.Rows.Count; i++)
            {
                (int before, int row) = (series.Rows[i - 1], series.Rows[i]);
                if (Time!.Compare(before, row) >= 0)
                {
                    throw new UserError($"'{csv.Path}', {csv.Place(row)}, column '{Source.Time}': {cells[row]} does not come after {cells[before]} of {csv.Place(before)}"
                        + $"{(series.Key is null ? "" : $" in the series '{series.Key}'")}. Time must ascend within a series: sort the rows and remove repeated ones"
                        + (Source.Series is null ? ", or name the column that tells series apart with --series." : "."));
                }
            }
        }
    }
}

/// <summary>The rows of one series in time order.</summary>
/// <param name="Key">The value of the series column; null when all rows are one series.</param>
/// <param name="Rows">Rows of the table.</param>
internal sealed record SeriesRows(string? Key, List<int> Rows);
