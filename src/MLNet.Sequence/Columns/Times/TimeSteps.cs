using Microsoft.ML;
using MLNet.Sequence.Calendars;

namespace MLNet.Sequence.Columns;

/// <summary>Counts the steps between the rows of each series by their times, which ascend.</summary>
/// <param name="row">The cursor.</param>
/// <param name="time">The column of the times.</param>
/// <param name="task">The task, with a frequency.</param>
internal sealed class TimeSteps(DataViewRow row, DataViewSchema.Column time, Forecasting task)
{
    // Of gaps that are filled: with more of them than this and than direct steps, the rows have another frequency.
    private const int FewGaps = 8;

    private readonly Frequency _frequency = task.Frequency!;
    private readonly Func<TimePoint?> _read = TimeReader.CreatePoints(row, time);
    private readonly Dictionary<string, Last> _last = new(StringComparer.Ordinal);
    private TimePoint _before;

    /// <summary>Steps that are missing by their nature, such as holidays among business days, and the first of them; they are left out.</summary>
    public (long Count, string First) Holidays { get; private set; }

    /// <summary>Steps that were missing and are filled, and the first place.</summary>
    public (long Count, string First) Filled { get; private set; }

    /// <summary>The time of the current row.</summary>
    public TimePoint Now { get; private set; }

    /// <summary>The times of the steps that are missing before the current row.</summary>
    public IEnumerable<TimePoint> MissingTimes
    {
        get
        {
            for (TimePoint time = _frequency.After(_before)!.Value; Now.IsAfter(time); time = _frequency.After(time)!.Value)
                yield return time;
        }
    }

    /// <summary>The number of steps that are missing before the current row.</summary>
    /// <param name="series">Its series.</param>
    /// <param name="problem">Why the row cannot follow the one before it; null: it can.</param>
    public long Missing(string series, out string? problem)
    {
        problem = null;
        if (_read() is not { } now)
        {
            problem = "its text is not a date in ISO form (2024-01-31, 2024-01-31 13:05), as those of training were; load the column as DateTime";
            return 0;
        }

        Now = now;
        if (!_last.TryGetValue(series, out Last? last))
        {
            _last.Add(series, new Last(now));
            return 0;
        }

        TimePoint before = _before = last.Time;
        last.Time = now;
        long? steps = _frequency.Steps(before, now);
        if (steps is null)
        {
            problem = $"{now} lies on no step after {before}; the frequency is {_frequency}";
            return 0;
        }

        last.Direct += steps == 1 ? 1 : 0;
        last.Gaps += steps > 1 ? 1 : 0;
        return steps == 1 ? 0 : Taken(last, (before, now), steps.Value - 1, out problem);
    }

    private long Taken(Last last, (TimePoint Before, TimePoint Now) times, long missing, out string? problem)
    {
        problem = null;
        string between = $"{(missing == 1 ? "one step is" : $"{missing} steps are")} missing between {times.Before} and {times.Now}";
        if (task.MissingValues == MissingValues.Error && _frequency.HasHolidays)
        {
            Holidays = (Holidays.Count + missing, Holidays.First ?? between);
            return 0;
        }

        if (task.MissingValues == MissingValues.Error)
            problem = $"{between}; the frequency is {_frequency}{SummerTime(times)}";
        else if (last.Gaps > FewGaps && last.Gaps > last.Direct)
            problem = $"{between}, and there are more gaps than steps of the frequency, which is {_frequency}";
        Filled = (Filled.Count + missing, Filled.First ?? between);
        return missing;
    }

    // Clocks without offsets leave out an hour in spring.
    private static string SummerTime((TimePoint Before, TimePoint Now) times) =>
        times.Before.IsDate && (times.Now.Clock - times.Before.Clock).TotalHours <= 2 && times.Now.Date.Offset == TimeSpan.Zero
            && times.Now.Clock is { DayOfWeek: DayOfWeek.Sunday, Month: 3 or 4 or 9 or 10, Hour: >= 1 and <= 4 }
            ? ". If summer time begins there, read the times in UTC, or as DateTimeOffset" : "";

    private sealed class Last(TimePoint time)
    {
        public TimePoint Time { get; set; } = time;

        public long Direct { get; set; }

        public long Gaps { get; set; }
    }
}
