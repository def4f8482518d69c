using System.Globalization;
using System.Text;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence.Metrics;

/// <summary>Prints rows of cells in columns: the first column left-aligned, the others right-aligned.</summary>
internal static class AlignedTable
{
    public static void Print(IReadOnlyList<string[]> rows, StringBuilder table)
    {
        int[] widths = [.. rows[0].Select((_, column) => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            table.Append(row[0].PadRight(widths[0]));
            for (int column = 1; column < row.Length; column++)
                table.Append("  ").Append(row[column].PadLeft(widths[column]));
            table.AppendLine();
        }
    }

    /// <summary>The table of a report, as text.</summary>
    public static void Print(ReportTable report, StringBuilder table) => Print(
        [
            [.. report.Columns.Select(column => column.Name)],
            .. Enumerable.Range(0, report.Rows).Select(row => (string[])[.. report.Columns.Select(column => column.Text(row))]),
        ],
        table);

    /// <summary>A line with a measure and, if known, its interval.</summary>
    public static string[] Measure(string title, double value, IReadOnlyDictionary<string, ConfidenceInterval> intervals, string name) =>
        [title, Number(value), intervals.TryGetValue(name, out ConfidenceInterval interval) ? interval.ToString() : ""];

    /// <summary>Four decimal places.</summary>
    public static string Number(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
