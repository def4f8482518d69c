using Microsoft.ML;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Columns;

/// <summary>Describes rows whose time does not ascend. Reads them again, only after such a row was found.</summary>
internal static class TimeOrder
{
    /// <summary>What the rows look like, and what to do.</summary>
    public static string Advice(IDataView data, Forecasting task, HostCancellation cancellation)
    {
        Dictionary<string, List<object>> series = Read(data, task);
        (long rows, long falls, long repeats, long shared) = (0, 0, 0, 0);
        foreach (List<object> times in series.Values)
        {
            rows += times.Count;
            for (int i = 1; i < times.Count; i++)
            {
                int order = TimeReader.Compare(times[i], times[i - 1]);
                falls += order < 0 ? 1 : 0;
                repeats += order == 0 ? 1 : 0;
            }

            shared += times.GroupBy(time => time).Where(group => group.Count() > 1).Sum(group => group.Count());
        }

        bool isSingle = falls == 0 && data.Schema[task.TimeColumnName!].Type.RawType == typeof(float);
        if (falls == 0 && repeats == 0)
            return OfGaps(data, task, cancellation);
        string[] apart = task.SeriesColumnName is null ? [.. Distinguishing(data, task)] : [];
        return Describe(new Counts(rows, series.Count, falls, repeats, shared) { Apart = apart }, isSingle, task);
    }

    private static string OfGaps(IDataView data, Forecasting task, HostCancellation cancellation)
    {
        Frequency? own = FoundFrequency.Of(data, task, cancellation);
        if (own is not null && own.StepDays < task.Frequency?.StepDays)
            return $"All rows together have the frequency {own}, not {task.Frequency}: set {nameof(ForecastingOptions.Resample)} to Mean, Sum or Last to "
                + $"combine them, with {nameof(ForecastingOptions.Frequency)} given; or give rows of that frequency.";
        if (own is not null && own != task.Frequency)
            return $"All rows together have the frequency {own}, not {task.Frequency}: give rows of that frequency, or train on rows like these.";
        return $"Fill missing steps with {nameof(ForecastingOptions.MissingValues)} (Interpolate, Forward, Mask or Zero); or, if rows are steps "
            + $"whatever time lies between them, train with {nameof(Frequency)} = {nameof(Frequency)}.{nameof(Frequency.Irregular)}.";
    }

    // Columns with one ascending series for each of their values.
    private static IEnumerable<string> Distinguishing(IDataView data, Forecasting task) => data.Schema
        .Where(column => !column.IsHidden && KeyReader.Reads(column) && column.Name != task.TimeColumnName
            && task.Columns.All(read => read.Name != column.Name))
        .Select(column => column.Name)
        .Where(name => Read(data, task with { SeriesColumnName = name }).Values is var all && all.Any(times => times.Count > 1)
            && all.All(times => Enumerable.Range(1, times.Count - 1).All(i => TimeReader.Compare(times[i], times[i - 1]) > 0)))
        .Take(3);

    private static string Describe(Counts found, bool isSingle, Forecasting task)
    {
        (long rows, long series, long falls, long repeats, long shared) = found;
        string name = found.Apart.Length == 0
            ? $"name the column that identifies them in {nameof(ForecastingOptions.SeriesColumnName)}"
            : $"set {nameof(ForecastingOptions.SeriesColumnName)} to {string.Join(" or ", found.Apart.Select(column => $"'{column}'"))}, "
                + "which tells them apart";
        bool asOne = task.SeriesColumnName is null;
        string apart = asOne ? name : $"'{task.SeriesColumnName}' does not distinguish all of them";
        if (isSingle)
            return $"{repeats} rows have the time of the row before as Single holds it: read the column as Double, Int64 or DateTime, or drop repeated rows.";
        if (falls == rows - series)
            return "Each row is earlier than the one before: the newest rows come first. Put the oldest first, or set "
                + $"ForecastingOptions.{nameof(ForecastingOptions.Sort)}.";
        if (2 * shared > rows)
            return $"{shared} of {rows} rows have a time that other rows have too: they look like several series, "
                + $"{(repeats > falls ? "mixed" : "one after the other")}; {apart}. If they are one series, sort the rows by time and drop repeated ones.";
        if (falls == 0)
            return $"{repeats} rows have the time of the row before: drop repeated ones. At the end of summer time, clocks repeat an hour: read such times in "
                + "UTC, or as DateTimeOffset.";
        return asOne && falls * 10 < rows
            ? $"The rows ascend in {falls + 1} pieces: they look like several series, one after the other; {name}. If they are one series, set "
                + $"ForecastingOptions.{nameof(ForecastingOptions.Sort)}."
            : $"{falls} of {rows} rows are earlier than the one before: they are not sorted. Set "
                + $"ForecastingOptions.{nameof(ForecastingOptions.Sort)}, or sort the rows by time, and drop repeated ones.";
    }

    private static Dictionary<string, List<object>> Read(IDataView data, Forecasting task)
    {
        DataViewSchema.Column time = data.Schema[task.TimeColumnName!];
        DataViewSchema.Column? key = task.SeriesColumnName is { } column ? data.Schema[column] : null;
        using DataViewRowCursor cursor = data.GetRowCursor(key is { } named ? [time, named] : [time]);
        Func<object> readTime = TimeReader.Create(cursor, time);
        Func<string>? readKey = key is { } series ? KeyReader.Create(cursor, series) : null;
        var all = new Dictionary<string, List<object>>(StringComparer.Ordinal);
        while (cursor.MoveNext())
        {
            string own = readKey?.Invoke() ?? "";
            if (!all.TryGetValue(own, out List<object>? times))
                all.Add(own, times = []);
            times.Add(readTime());
        }

        return all;
    }

    /// <summary>Rows and series; rows that are earlier than the previous one or have its time; rows that share their time with others.</summary>
    private sealed record Counts(long Rows, long Series, long Falls, long Repeats, long Shared)
    {
        /// <summary>Columns that tell several series apart.</summary>
        public string[] Apart { get; init; } = [];
    }
}
