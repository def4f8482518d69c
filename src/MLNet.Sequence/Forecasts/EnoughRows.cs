using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Forecasts;

/// <summary>Series for training that have a window: short ones are refused, left out or padded.</summary>
internal static class EnoughRows
{
    /// <param name="name">What the rows are, for messages.</param>
    /// <param name="set">Their series.</param>
    /// <param name="task">The task.</param>
    /// <param name="channel">Tells what was left out or padded.</param>
    /// <exception cref="InvalidOperationException">There are no rows, or a series is too short; the message names it.</exception>
    public static SeriesSet Of(string name, SeriesSet set, Forecasting task, HostChannel channel)
    {
        long needed = (long)task.Context + task.Horizon;
        string need = $"{needed} rows are needed: Context {task.Context} + Horizon {task.Horizon}.";
        if (set.RowCount == 0)
            throw new InvalidOperationException($"The {name} has no rows; at least {need}");
        Series[] tooShort = [.. set.Series.Where(series => series.Length < needed)];
        if (tooShort.Length == 0)
            return set;
        // One row to see, and a horizon after it.
        Series[] leftOut = task.ShortSeries == ShortSeries.Pad ? [.. tooShort.Where(series => series.Length <= task.Horizon)] : tooShort;
        if (task.ShortSeries == ShortSeries.Error || leftOut.Length == set.Series.Count)
            throw Refused(name, set, tooShort, task, need);
        string padded = task.ShortSeries == ShortSeries.Pad && tooShort.Length > leftOut.Length
            ? $"{tooShort.Length - leftOut.Length} series are padded" : "";
        string skipped = leftOut.Length > 0 ? $"{leftOut.Length} series are left out" : "";
        channel.Info($"{string.Join(" and ", new[] { padded, skipped }.Where(part => part.Length > 0))}, beginning with {Names(tooShort)}: in the {name}, at "
            + $"least {need} ({nameof(ForecastingOptions.ShortSeries)} is {task.ShortSeries}.)");
        return Rebuilt(set, task, [.. tooShort], [.. leftOut]);
    }

    private static SeriesSet Rebuilt(SeriesSet set, Forecasting task, HashSet<Series> tooShort, HashSet<Series> leftOut)
    {
        var enough = new SeriesSet(set.ChannelNames);
        var row = new double[set.Channels];
        foreach (Series series in set.Series.Where(series => !leftOut.Contains(series)))
        {
            series.Rows.CopyTo(0, row);
            if (tooShort.Contains(series))
            {
                enough.AddSteps(series.Key, Enumerable.Repeat(task.PaddingRow(row), task.Context - 1));
                enough.GetOrAdd(series.Key).Padding = task.Context - 1;
            }

            for (long step = 0; step < series.Length; step++)
            {
                series.Rows.CopyTo(step, row);
                enough.Add(series.Key, row);
            }
        }

        return enough;
    }

    private static InvalidOperationException Refused(string name, SeriesSet set, Series[] tooShort, Forecasting task, string need)
    {
        string advice = task.ShortSeries == ShortSeries.Error
            ? $" Shorten Context or Horizon, or set {nameof(ForecastingOptions.ShortSeries)} to Skip or Pad." : "";
        return new InvalidOperationException(task.SeriesColumnName is null
            ? $"The {name} has {set.RowCount} rows; at least {need}{advice}"
            : $"These series of the {name} are too short: {Names(tooShort)}{(tooShort.Length > 5 ? $" and {tooShort.Length - 5} more" : "")}. In each, at "
                + $"least {need}{advice}");
    }

    private static string Names(IEnumerable<Series> series) => string.Join(", ", series.Take(5).Select(one => $"'{one.Key}' ({one.Length} rows)"));
}
