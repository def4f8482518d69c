namespace MLNet.Sequence.Samples.Series.Calendars;

/// <summary>The rule for the dates of a series: how they follow each other.</summary>
internal abstract class StepCalendar
{
    // Dates further apart are not steps of one series, and counting the steps would take long.
    private const int FurthestSteps = 1_000_000;

    /// <summary>Steps in the usual season: a day for hours, a week for days, a year for months; 1 if there is none.</summary>
    public abstract int Season { get; }

    /// <summary>The name of the rule, such as "business days".</summary>
    public abstract override string ToString();

    /// <summary>The date of the next step.</summary>
    public abstract DateTime After(DateTime time);

    /// <summary>The share of steps that must follow each other directly; between the others, steps may be missing.</summary>
    protected virtual double LeastDirect => 0.5;

    /// <summary>The strictest rule that ascending dates fit; null: they are irregular.</summary>
    public static StepCalendar? Of(IReadOnlyList<DateTime> times) => times.Count < 2
            || times.Zip(times.Skip(1)).Any(pair => pair.Second <= pair.First)
        ? null
        : Known(times).FirstOrDefault(calendar => calendar?.Fits(times) == true);

    /// <summary>The number of steps from one date to a later one; null: the later one is not on the calendar.</summary>
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

    /// <summary>The number of steps missing between dates of this calendar.</summary>
    public long Missing(IReadOnlyList<DateTime> times) => times.Zip(times.Skip(1), (before, after) => Steps(before, after)!.Value - 1).Sum();

    /// <summary>The most common value.</summary>
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

    // From the rules that few dates fit to those that many fit.
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
