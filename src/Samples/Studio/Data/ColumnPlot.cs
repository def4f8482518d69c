using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Studio.Data;

/// <summary>The values of a column over time: of each of at most some hundred parts the lowest and the highest.</summary>
/// <param name="Name">The column.</param>
/// <param name="Series">The series that is shown, the longest; null: there is only one.</param>
/// <param name="Times">The time, or the row, at which each part begins.</param>
/// <param name="Low">The lowest value of each part; NaN: there is none.</param>
/// <param name="High">The highest value of each part.</param>
internal sealed record ColumnPlot(string Name, string? Series, IReadOnlyList<string> Times, IReadOnlyList<double> Low, IReadOnlyList<double> High)
{
    private const int Parts = 400, MostPlots = 24;

    public static IEnumerable<ColumnPlot> All(CsvTable table, IReadOnlyList<ColumnSummary> columns, SeriesTable? series)
    {
        // The rows of a table that begins with the newest are counted from the end.
        SeriesRows? longest = series?.Series.MaxBy(one => one.Rows.Count);
        bool reversed = series?.Notes.Any(note => note.StartsWith("the newest row", StringComparison.Ordinal)) == true;
        int[] rows = longest is null ? [.. Enumerable.Range(0, table.RowCount)]
            : [.. longest.Rows.Select(row => reversed ? table.RowCount - 1 - row : row)];
        List<string>? times = series?.Source.Time is { } time ? table.Cells[table.Names.Find(time, "--time")] : null;
        return columns.Index().Where(column => column.Item.Kind == "number" && column.Item.Name != series?.Source.Time && double.IsFinite(column.Item.Mean))
            .Take(MostPlots).Select(column => Of(column.Item.Name, longest?.Key, rows, ColumnSummary.Values(table, column.Index), times));
    }

    private static ColumnPlot Of(string name, string? series, int[] rows, double[] values, List<string>? times)
    {
        int[][] parts = [.. rows.Chunk(Math.Max(1, (rows.Length + Parts - 1) / Parts))];
        double[][] known = [.. parts.Select(part => part.Select(row => values[row]).Where(double.IsFinite).ToArray())];
        return new ColumnPlot(name, series, [.. parts.Select(part => times?[part[0]] ?? FormattableString.Invariant($"{part[0] + 1}"))],
            [.. known.Select(part => part.DefaultIfEmpty(double.NaN).Min())], [.. known.Select(part => part.DefaultIfEmpty(double.NaN).Max())]);
    }
}
