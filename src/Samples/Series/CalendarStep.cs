namespace MLNet.Sequence.Samples.Series;

/// <summary>The step of a series of dates: whole months (a year is 12), or a fixed span.</summary>
internal readonly record struct CalendarStep
{
    private CalendarStep(int months, TimeSpan span, bool endOfMonth) => (Months, Span, EndOfMonth) = (months, span, endOfMonth);

    /// <summary>Months per step; 0 when the step is a span.</summary>
    public int Months { get; }

    public TimeSpan Span { get; }

    /// <summary>Whether every date is the last day of its month.</summary>
    public bool EndOfMonth { get; }

    /// <summary>The step of ascending dates: whole months where all dates agree on it, else the commonest difference.</summary>
    public static CalendarStep Of(IReadOnlyList<DateTime> times)
    {
        if (times.Count < 2)
            return default;
        TimeSpan[] spans = [.. times.Zip(times.Skip(1), (before, after) => after - before)];
        bool endOfMonth = times.All(time => time.Day == DateTime.DaysInMonth(time.Year, time.Month));
        bool sameClock = times.All(time => time.TimeOfDay == times[0].TimeOfDay);
        bool sameDay = endOfMonth || times.All(time => time.Day == times[0].Day);
        if (sameClock && sameDay)
        {
            int months = Commonest(times.Zip(times.Skip(1), (before, after) => (after.Year - before.Year) * 12 + after.Month - before.Month));
            return new CalendarStep(months, default, endOfMonth);
        }

        return new CalendarStep(0, Commonest(spans), false);
    }

    /// <summary>The date this many steps after another.</summary>
    public DateTime After(DateTime time, int steps)
    {
        if (Months == 0)
            return time + Span * steps;
        DateTime moved = time.AddMonths(Months * steps);
        return EndOfMonth ? moved.AddDays(DateTime.DaysInMonth(moved.Year, moved.Month) - moved.Day) : moved;
    }

    private static T Commonest<T>(IEnumerable<T> values) where T : notnull =>
        values.CountBy(value => value).MaxBy(counted => counted.Value).Key;
}
