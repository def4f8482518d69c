using Microsoft.ML;
using MLNet.Sequence.Calendars;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Columns;

/// <summary>The frequency of rows, from their time column.</summary>
internal static class FoundFrequency
{
    // Enough to tell all rules apart, without keeping the times of a large table.
    private const int MostTimes = 20_000, MostSeries = 64;

    /// <summary>That of the series with the most rows among the first ones; null: its times follow no rule.</summary>
    public static Frequency? Of(IDataView data, Forecasting task, HostCancellation cancellation) => In(data, task, cancellation).Frequency;

    /// <summary>The frequency, and the range of all times.</summary>
    public static FoundTimes In(IDataView data, Forecasting task, HostCancellation cancellation)
    {
        TimePoint? first = null, last = null;
        DataViewSchema.Column time = data.Schema[task.TimeColumnName!];
        DataViewSchema.Column? key = task.SeriesColumnName is { } column ? data.Schema[column] : null;
        using DataViewRowCursor cursor = data.GetRowCursor(key is { } named ? [time, named] : [time]);
        Func<TimePoint?> readTime = TimeReader.CreatePoints(cursor, time);
        Func<string>? readKey = key is { } series ? KeyReader.Create(cursor, series) : null;
        var all = new Dictionary<string, List<TimePoint>>(StringComparer.Ordinal);
        while (cursor.MoveNext())
        {
            if (cursor.Position % 4096 == 0)
                cancellation.Token.ThrowIfCancellationRequested();
            // A text that is not a date, or a time that is none.
            if (readTime() is not { } point)
                return new FoundTimes(null, null, null);
            first = first is { } earliest && !earliest.IsAfter(point) ? first : point;
            last = last is { } latest && !point.IsAfter(latest) ? last : point;
            string own = readKey?.Invoke() ?? "";
            if (!all.TryGetValue(own, out List<TimePoint>? times))
            {
                if (all.Count == MostSeries)
                    continue;
                all.Add(own, times = []);
            }

            if (times.Count < MostTimes)
                times.Add(point);
        }

        return new FoundTimes(all.Values.MaxBy(times => times.Count) is { } longest ? Frequency.Of(longest.ToArray()) : null, first, last)
        {
            All = [.. all.Values.SelectMany(times => times)],
        };
    }

    /// <summary>Says once that no frequency was found.</summary>
    public static void Warn(HostChannel channel, IDataView data, Forecasting task)
    {
        bool isText = data.Schema[task.TimeColumnName!].Type is Microsoft.ML.Data.TextDataViewType;
        channel.WarnOnce($"The times in '{task.TimeColumnName}' {(isText ? "are text that is not in ISO form" : "follow no rule")}: gaps cannot be found, "
            + "and rows are used as steps in their order. "
            + (isText ? "Load the column as DateTime." : $"Set {nameof(ForecastingOptions.Frequency)} to the spacing of the rows, or to "
                + $"{nameof(Frequency)}.{nameof(Frequency.Irregular)} if there is none."));
    }
}

/// <summary>The times of rows.</summary>
/// <param name="Frequency">Their frequency; null: none.</param>
/// <param name="First">The first one; null: there are no rows.</param>
/// <param name="Last">The last one.</param>
internal sealed record FoundTimes(Frequency? Frequency, TimePoint? First, TimePoint? Last)
{
    /// <summary>The times that were kept, of all series.</summary>
    public IReadOnlyList<TimePoint> All { get; init; } = [];
}
