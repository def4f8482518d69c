using System.Globalization;
using Microsoft.Data.Analysis;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Studio.Runs;

/// <summary>
/// history.csv: the rows of a question in one plain form, whatever the user's file looks like: commas, decimal points, dates as
/// 2020-01-31T13:00:00; series, time, then the channels of the model in their order.
/// </summary>
internal static class HistoryFile
{
    /// <summary>How dates are written: with fractions of a second only where there are some.</summary>
    public const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.FFFFFFF";

    public static void Write(string path, StudioRows rows, Question question)
    {
        SeriesTable table = rows.Table;
        string[] before = [.. question.Series is { } series ? [series] : Array.Empty<string>(), table.Source.Time ?? "step"];
        CsvText.Write(path, before.Concat(table.Targets), table.Series.SelectMany(one => one.Rows.Zip(Times(rows, one.Rows), (row, time) =>
            (IEnumerable<string>)[.. one.Key is { } key ? [key] : Array.Empty<string>(), time, .. Enumerable.Range(0, table.Targets.Count)
                .Select(channel => table.Value(row, channel).ToString("R", CultureInfo.InvariantCulture))])));
    }

    // Dates in one form that a program reads without guessing.
    private static IEnumerable<string> Times(StudioRows rows, List<int> series) => rows.Table.Time is DateTimes dates
        ? Written(dates.Column("time", series))
        : rows.Times(series);

    private static IEnumerable<string> Written(DataFrameColumn times) =>
        times.Cast<DateTime>().Select(time => time.ToString(TimeFormat, CultureInfo.InvariantCulture));
}
