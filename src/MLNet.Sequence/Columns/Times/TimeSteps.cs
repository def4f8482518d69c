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
    private long _steps, _missing;

    /// <summary>Steps that are missing by their nature, such as holidays among business days, and the first of them; they are left out.</summary>
    public (long Count, string First) Holidays { get; private set; }

    /// <summary>Steps that were missing and are filled, and the first place.</summary>
    public (long Count, string First) Filled { get; private set; }

    /// <summary>The time of the current row.</summary>
    public TimePoint Now { get; private set; }

    /// <summary>The times of the steps that are missing before the current row, as many as were counted.</summary>
    public IEnumerable<TimePoint> MissingTimes => _frequency.Following(_before, _missing);

    /// <summary>The number of steps that are missing before the current row, which is kept only by <see cref="Accept"/>.</summary>
    /// <param name="series">Its series.</param>
    /// <param name="problem">Why the row cannot follow the one before it; null: it can.</param>
    public long Missing(string series, out string? problem)
    {
        (problem, _steps, _missing) = (null, 0, 0);
        if (_read() is not { } now)
        {
            problem = "its text is not a date in ISO form (2024-01-31, 2024-01-31 13:05), as those of training were; load the column as DateTime";
            return 0;
        }

        Now = now;
        if (!_last.TryGetValue(series, out Last? last))
            return 0;
        _before = last.Time;
        if (_frequency.Steps(_before, now) is not { } steps)
        {
            problem = $"{now} lies on no step after {_before}; the frequency is {_frequency}";
            return 0;
        }

        _steps = steps;
        if (steps == 1 || LeavesOut)
            return 0;
        if (task.MissingValues == MissingValues.Error)
            problem = $"{Between}; the frequency is {_frequency}{SummerTime((_before, now))}";
        else if (last.Gaps >= FewGaps && last.Gaps >= last.Direct)
            problem = $"{Between}, and there are more gaps than steps of the frequency, which is {_frequency}";
        return _missing = steps - 1;
    }

    /// <summary>Keeps the time of the current row, and what was missing before it.</summary>
    /// <param name="series">Its series.</param>
    public void Accept(string series)
    {
        if (!_last.TryGetValue(series, out Last? last))
            _last.Add(series, last = new Last());
        last.Time = Now;
        last.Direct += _steps == 1 ? 1 : 0;
        last.Gaps += _steps > 1 ? 1 : 0;
        if (_missing > 0)
            Filled = (Filled.Count + _missing, Filled.First ?? Between);
        else if (_steps > 1)
            Holidays = (Holidays.Count + _steps - 1, Holidays.First ?? Between);
    }

    /// <summary>The next row of a series comes after a time, unless an earlier row of it was read here.</summary>
    public void Continue(string series, TimePoint time)
    {
        if (!_last.ContainsKey(series))
            _last.Add(series, new Last { Time = time });
    }

    /// <summary>The next row of a series is its first.</summary>
    public void Forget(string series) => _last.Remove(series);

    // Missing steps are holidays, and the rows on both sides neighbours.
    private bool LeavesOut => task.MissingValues == MissingValues.Error && _frequency.HasHolidays;

    private string Between => $"{(_steps == 2 ? "one step is" : $"{_steps - 1} steps are")} missing between {_before} and {Now}";

    // Clocks without offsets leave out an hour in spring.
    private static string SummerTime((TimePoint Before, TimePoint Now) times) =>
        times.Before.IsDate && (times.Now.Clock - times.Before.Clock).TotalHours <= 2 && times.Now.Date.Offset == TimeSpan.Zero
            && times.Now.Clock is { DayOfWeek: DayOfWeek.Sunday, Month: 3 or 4 or 9 or 10, Hour: >= 1 and <= 4 }
            ? ". If summer time begins there, read the times in UTC, or as DateTimeOffset" : "";

    private sealed class Last
    {
        public TimePoint Time { get; set; }

        public long Direct { get; set; }

        public long Gaps { get; set; }
    }
}
