namespace MLNet.Sequence.Samples.Series.Calendars;

/// <summary>The rule by which the dates of a series follow each other.</summary>
internal abstract class StepCalendar
{
    // Further apart, two dates are not steps of one series; and counting them one by one would take long.
    private const int FurthestSteps = 1_000_000;

    /// <summary>Steps in the usual season: a day of hours, a week of days, a year of months; 1 where there is none.</summary>
    public abstract int Season { get; }

    /// <summary>What it is called, as "business days".</summary>
    public abstract override string ToString();

    /// <summary>The date of the next step.</summary>
    public abstract DateTime After(DateTime time);

    /// <summary>The part of steps that must follow each other directly; others may be missing between them.</summary>
    protected virtual double LeastDirect => 0.5;

    /// <summary>The rule of ascending dates, the strictest that they keep; null: they are irregular.</summary>
    public static StepCalendar? Of(IReadOnlyList<DateTime> times) => times.Count < 2
            || times.Zip(times.Skip(1)).Any(pair => pair.Second <= pair.First)
        ? null
        : Known(times).FirstOrDefault(calendar => calendar?.Fits(times) == true);

    /// <summary>Steps from one date to a later one; null: the later one is not on the calendar.</summary>
    public virtual long? Steps(DateTime from, DateTime to)
    {
        DateTime time = from;
        for (int steps = 0; steps <= FurthestSteps; steps++)
        {
            if (time >= to)
                return time == to ? steps : null;
            time = After(time);
        }

        return null;
    }

    /// <summary>The steps that are missing between dates of this calendar.</summary>
    public long Missing(IReadOnlyList<DateTime> times) => times.Zip(times.Skip(1), (before, after) => Steps(before, after)!.Value - 1).Sum();

    /// <summary>The commonest of some values.</summary>
    public static T Commonest<T>(IEnumerable<T> values) where T : notnull => values.CountBy(value => value).MaxBy(counted => counted.Value).Key;

    private bool Fits(IReadOnlyList<DateTime> times)
    {
        int direct = 0;
        for (int i = 1; i < times.Count; i++)
        {
            if (Steps(times[i - 1], times[i]) is not { } steps)
                return false;
            direct += steps == 1 ? 1 : 0;
        }

        return direct >= LeastDirect * (times.Count - 1);
    }

    // From those that few dates keep to those that many do.
    private static IEnumerable<StepCalendar?> Known(IReadOnlyList<DateTime> times)
    {
        foreach (StepCalendar byDay in Monthly.ByDay(times))
            yield return byDay;
        yield return EvenSteps.Exactly(times);
        foreach (StepCalendar byWeekday in Monthly.ByWeekday(times))
            yield return byWeekday;
        yield return OpeningHours.Of(times);
        yield return EvenSteps.WithGaps(times);
    }
}
