using MLNet.Sequence.Samples.Commands.Options;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Studio.Data;

/// <summary>What a file holds, for the step Data.</summary>
/// <param name="File">The name of the file.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">Its columns in their order.</param>
internal sealed record FileSummary(string File, int Rows, IReadOnlyList<ColumnSummary> Columns)
{
    /// <summary>Whether the file has more rows: these are the first.</summary>
    public bool IsCut { get; init; }

    /// <summary>How the file was read.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Why its rows are no series in time; null: they are.</summary>
    public string? Problem { get; init; }

    /// <summary>The time column; null: none.</summary>
    public string? Time { get; init; }

    /// <summary>The rule of the steps, such as "hourly"; null: none is known.</summary>
    public string? Frequency { get; init; }

    /// <summary>The number of steps without a row.</summary>
    public long MissingSteps { get; init; }

    /// <summary>The number of series.</summary>
    public int SeriesCount { get; init; } = 1;

    /// <summary>The first and the last time.</summary>
    public IReadOnlyList<string> Range { get; init; } = [];

    /// <summary>The values of each column of numbers.</summary>
    public required IReadOnlyList<ColumnPlot> Plots { get; init; }

    /// <summary>What is usually asked of such a file.</summary>
    public required Suggestion Suggested { get; init; }

    /// <param name="path">The file.</param>
    /// <param name="time">The time column that the user chose; null: a usual one; empty: none.</param>
    /// <param name="series">The series column that the user chose; null: a usual one.</param>
    public static FileSummary Read(string path, string? time, string? series)
    {
        CsvTable table = StudioLook.Table(path);
        ColumnSummary[] columns = [.. Enumerable.Range(0, table.Cells.Count).Select(column => ColumnSummary.Of(table, column))];
        var summary = new FileSummary(Path.GetFileName(path), table.RowCount, columns)
        {
            IsCut = table.IsCut,
            Notes = table.Notes,
            Plots = [],
            Suggested = Suggestion.Of(table, columns),
        };
        string? repeats = summary.Suggested.Series;
        try
        {
            // A text column names series only if time does not ascend without it.
            (SeriesTable rows, string? own) = series is null && repeats is not null && Failure(table, time, columns) is not null
                ? (Table(table, time, repeats, columns), repeats) : (Table(table, time, series is "" ? null : series, columns), series is "" ? null : series);
            return Timed(summary with { Suggested = summary.Suggested with { Series = own } }, rows, table) with
            {
                Plots = [.. ColumnPlot.All(table, columns, rows)],
            };
        }
        catch (Exception exception) when (Cli.Mistake(exception) is { } message)
        {
            return summary with { Problem = StudioWords.Of(message, path), Plots = [.. ColumnPlot.All(table, columns, null)] };
        }
    }

    private static SeriesTable Table(CsvTable table, string? time, string? series, ColumnSummary[] columns)
    {
        var source = new DataSource(table.Path, time is "" ? null : time, null, series)
        {
            FindsTime = time is not "",
            MostRows = table.IsCut ? table.RowCount : int.MaxValue,
        };
        DataSource found = new SeriesColumns(table, source).Find();
        // A column with a wrong cell is no reason to show nothing of the others.
        string[] whole = [.. found.Targets!.Where(name => columns.First(column => column.Name == name).Problems.Count == 0)];
        return SeriesTable.Read(whole.Length > 0 ? source with { Targets = whole } : source);
    }

    private static string? Failure(CsvTable table, string? time, ColumnSummary[] columns)
    {
        try
        {
            Table(table, time, null, columns);
            return null;
        }
        catch (Exception exception) when (Cli.Mistake(exception) is { } message)
        {
            return message;
        }
    }

    private static FileSummary Timed(FileSummary summary, SeriesTable rows, CsvTable table)
    {
        SeriesRows longest = rows.Series.MaxBy(series => series.Rows.Count)!;
        Rhythm? rhythm = rows.Time?.Rhythm(longest.Rows);
        List<string>? times = rows.Source.Time is { } time ? table.Cells[table.Names.Find(time, "--time")] : null;
        return summary with
        {
            Notes = [.. rows.Notes.Select(note => StudioWords.Of(note, table.Path))],
            Time = rows.Source.Time,
            Frequency = rhythm?.Rule,
            MissingSteps = rows.Time is { } axis ? rows.Series.Where(series => series.Rows.Count > 1).Sum(series => axis.Rhythm(series.Rows).Missing) : 0,
            SeriesCount = rows.Series.Count,
            Range = times is null ? [] : [times[0], times[^1]],
            Suggested = summary.Suggested.For(rows, SourceOptions.UsualSeason(rows)),
        };
    }
}
