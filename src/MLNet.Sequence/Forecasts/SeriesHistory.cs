using System.Globalization;
using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;

namespace MLNet.Sequence.Forecasts;

/// <summary>Series with the times of their rows; no times without a time column.</summary>
internal sealed class TimedSeries
{
    private readonly Dictionary<Series, List<object>> _times = [];

    private TimedSeries(SeriesSet set, object[]? byRow) => (Set, ByRow) = (set, byRow);

    public SeriesSet Set { get; }

    /// <summary>The time of each row of the data; null: none.</summary>
    public object[]? ByRow { get; }

    /// <param name="set">The series of the data.</param>
    /// <param name="data">The rows, in the order in which they were read.</param>
    /// <param name="timeColumn">The column of times; null: none.</param>
    public static TimedSeries Of(SeriesSet set, IDataView data, string? timeColumn)
    {
        if (timeColumn is null)
            return new TimedSeries(set, null);
        DataViewSchema.Column column = data.Schema[timeColumn];
        using DataViewRowCursor cursor = data.GetRowCursor([column]);
        Func<object> read = TimeReader.Create(cursor, column);
        var timed = new TimedSeries(set, new object[set.RowCount]);
        for (long row = 0; cursor.MoveNext(); row++)
        {
            Series series = set.Locate(row).Series;
            if (!timed._times.TryGetValue(series, out List<object>? own))
                timed._times.Add(series, own = []);
            own.Add(timed.ByRow![row] = read());
        }

        return timed;
    }

    /// <summary>The times of a series; null: none.</summary>
    public IReadOnlyList<object>? Times(Series series) => _times.GetValueOrDefault(series);

    /// <summary>The series of a key; null if it has none.</summary>
    public Series? Find(string? key) => Set.Series.FirstOrDefault(series => (series.Key ?? "") == (key ?? ""));
}

/// <summary>
/// The rows directly before those of a test set, from the training and the validation rows. With times: the rows before the
/// first test row, back to the first gap that is longer than all gaps within the data. Without: training, validation and test rows are
/// assumed to follow each other, and rows at the end of one piece that the next piece repeats are counted once.
/// </summary>
internal sealed class SeriesHistory(IReadOnlyList<TimedSeries> earlier, TimedSeries test)
{
    private static readonly Comparer<object> Order = Comparer<object>.Create(TimeReader.Compare);

    /// <summary>The last of these rows.</summary>
    /// <param name="series">A series of the test set.</param>
    /// <param name="most">The maximum number of rows.</param>
    /// <param name="targets">The number of channels to return for each row: the first ones.</param>
    /// <returns>[n × targets], in time order.</returns>
    public double[] Before(Series series, int most, int targets)
    {
        (Series Series, TimedSeries Of)[] pieces = [.. earlier.Select(set => (Series: set.Find(series.Key)!, set)).Where(piece => piece.Series is not null)];
        IEnumerable<(Series Series, long Step)> backwards = test.Times(series) is { } times
            ? ByTime(pieces, times, most)
            : ByPlace([.. pieces.Select(piece => piece.Series), series]);
        return [.. backwards.Take(most).Reverse().SelectMany(row => Enumerable.Range(0, targets).Select(target => row.Series[row.Step, target]))];
    }

    private static IEnumerable<(Series Series, long Step)> ByTime((Series Series, TimedSeries Of)[] pieces, IReadOnlyList<object> test, int most)
    {
        double longest = Gaps(test).Concat(pieces.SelectMany(piece => Gaps(piece.Of.Times(piece.Series)!))).DefaultIfEmpty(0).Max();
        object next = test[0];
        var rows = pieces.SelectMany(piece => Earlier(piece, test[0], most)).OrderByDescending(row => row.Time, Order).DistinctBy(row => row.Time);
        foreach ((Series series, int step, object time) in rows)
        {
            if (Gap(time, next) > longest * (1 + 1e-9))
                yield break;
            next = time;
            yield return (series, step);
        }
    }

    private static IEnumerable<(Series Series, int Step, object Time)> Earlier((Series Series, TimedSeries Of) piece, object start, int most)
    {
        IReadOnlyList<object> times = piece.Of.Times(piece.Series)!;
        int end = times.Count;
        while (end > 0 && TimeReader.Compare(times[end - 1], start) >= 0)
            end--;
        return Enumerable.Range(Math.Max(0, end - most), end - Math.Max(0, end - most)).Select(step => (piece.Series, step, times[step]));
    }

    private static IEnumerable<double> Gaps(IReadOnlyList<object> times) =>
        Enumerable.Range(1, Math.Max(0, times.Count - 1)).Select(i => Gap(times[i - 1], times[i]));

    // Text has only an order.
    private static double Gap(object from, object to) => (from, to) switch
    {
        (DateTime one, DateTime other) => (other - one).TotalSeconds,
        (DateTimeOffset one, DateTimeOffset other) => (other - one).TotalSeconds,
        (TimeSpan one, TimeSpan other) => (other - one).TotalSeconds,
        (string, string) => 0,
        _ => Convert.ToDouble(to, CultureInfo.InvariantCulture) - Convert.ToDouble(from, CultureInfo.InvariantCulture),
    };

    private IEnumerable<(Series Series, long Step)> ByPlace(Series[] pieces)
    {
        for (int i = pieces.Length - 2; i >= 0; i--)
        {
            for (long step = pieces[i].Length - Repeated(pieces[i], pieces[i + 1]) - 1; step >= 0; step--)
                yield return (pieces[i], step);
        }
    }

    // The largest number of rows that are both the end of one piece and the beginning of the next (Knuth, Morris and Pratt 1977).
    private int Repeated(Series before, Series after)
    {
        int most = (int)Math.Min(before.Length, after.Length);
        bool Same(Series series, long step, int other) =>
            Enumerable.Range(0, test.Set.Channels).All(channel => series[step, channel].Equals(after[other, channel]));
        // For each prefix of the next piece: the length of its longest proper prefix that is also its suffix.
        var shorter = new int[most];
        int Longer(int matched, Series series, long step)
        {
            while (matched > 0 && (matched == most || !Same(series, step, matched)))
                matched = shorter[matched - 1];
            return matched < most && Same(series, step, matched) ? matched + 1 : matched;
        }

        for (int i = 1; i < most; i++)
            shorter[i] = Longer(shorter[i - 1], after, i);
        int rows = 0;
        for (long step = before.Length - most; step < before.Length; step++)
            rows = Longer(rows, before, step);
        return rows;
    }
}
