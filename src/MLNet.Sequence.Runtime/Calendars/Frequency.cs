using System.Text.Json.Serialization;
using MLNet.Sequence.Calendars;

namespace MLNet.Sequence;

/// <summary>
/// How the times of a series follow each other: the same span from step to step, a day of each month, quarter or year, or the days and
/// hours of a week that occur, such as business days. Found from a time column, or given.
/// </summary>
/// <remarks>
/// Steps shorter than a day are counted on the time line, so that a change to summer time neither adds nor removes an hour if the times have
/// offsets. Days, months and weeks are counted by the clock.
/// </remarks>
[JsonConverter(typeof(FrequencyText))]
public abstract record Frequency
{
    private const int YearMonths = 12, QuarterMonths = 3;

    // Times further apart are not steps of one series, and filling the steps between them would take long.
    private protected const int FurthestSteps = 1_000_000;

    private protected Frequency()
    {
    }

    /// <summary>One step every hour.</summary>
    public static Frequency Hourly { get; } = Every(TimeSpan.FromHours(1));

    /// <summary>One step every day.</summary>
    public static Frequency Daily { get; } = Every(TimeSpan.FromDays(1));

    /// <summary>Monday to Friday; holidays may be missing.</summary>
    public static Frequency BusinessDays { get; } = WeekSteps.BusinessDays;

    /// <summary>One step every seven days.</summary>
    public static Frequency Weekly { get; } = Every(TimeSpan.FromDays(7));

    /// <summary>The same day of each month, or the last day of a shorter month.</summary>
    public static Frequency Monthly { get; } = new MonthSteps(1, MonthRule.Same);

    /// <summary>One step a month, on its last day: 31 January, 29 February, 31 March.</summary>
    public static Frequency MonthEnd { get; } = new MonthSteps(1, MonthRule.End);

    /// <summary>The same day of each third month.</summary>
    public static Frequency Quarterly { get; } = new MonthSteps(QuarterMonths, MonthRule.Same);

    /// <summary>The last day of each third month.</summary>
    public static Frequency QuarterEnd { get; } = new MonthSteps(QuarterMonths, MonthRule.End);

    /// <summary>The same day of each year.</summary>
    public static Frequency Yearly { get; } = new MonthSteps(YearMonths, MonthRule.Same);

    /// <summary>The last day of a month, once a year.</summary>
    public static Frequency YearEnd { get; } = new MonthSteps(YearMonths, MonthRule.End);

    /// <summary>
    /// No rule: rows are steps in their order, whatever time lies between them. Gaps are not looked for, and forecasts have no dates.
    /// </summary>
    public static Frequency Irregular { get; } = new IrregularSteps();

    /// <summary>Steps in the usual season: a day for hours, a week for days, a year for months; 1 if there is none.</summary>
    public abstract int Season { get; }

    /// <summary>The same span from step to step.</summary>
    /// <param name="step">Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The span is not above 0.</exception>
    public static Frequency Every(TimeSpan step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(step, TimeSpan.Zero);
        return new EvenSteps(step);
    }

    /// <summary>The same difference from step to step, for a time column of numbers.</summary>
    /// <param name="step">Above 0, in the units of the column; for a column of TimeSpan in seconds.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is not above 0.</exception>
    public static Frequency Every(double step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(step, 0);
        return new NumberSteps(step);
    }

    /// <summary>The frequency of ascending dates; null: they follow no rule, do not ascend, or are fewer than two.</summary>
    /// <param name="times">The dates of one series. A few steps may be missing.</param>
    public static Frequency? Of(IReadOnlyList<DateTime> times)
    {
        ArgumentNullException.ThrowIfNull(times);
        return Of([.. times.Select(time => new TimePoint(time))]);
    }

    /// <inheritdoc cref="Of(IReadOnlyList{DateTime})"/>
    public static Frequency? Of(IReadOnlyList<DateTimeOffset> times)
    {
        ArgumentNullException.ThrowIfNull(times);
        return Of([.. times.Select(time => new TimePoint(time))]);
    }

    /// <summary>The date of the next step; null for <see cref="Irregular"/> and for numbers.</summary>
    /// <param name="time">The date of a step.</param>
    public DateTime? Next(DateTime time) => After(new TimePoint(time)) is { IsDate: true } next ? DateTime.SpecifyKind(next.Clock, time.Kind) : null;

    /// <inheritdoc cref="Next(DateTime)"/>
    public DateTimeOffset? Next(DateTimeOffset time) => After(new TimePoint(time)) is { IsDate: true } next ? next.Date : null;

    /// <summary>
    /// The number of steps from one date to a later one, at least 1; null: the later one does not lie on a step, or is more than a million
    /// steps away.
    /// </summary>
    /// <param name="from">The date of a step.</param>
    /// <param name="to">A later date.</param>
    public long? StepsBetween(DateTimeOffset from, DateTimeOffset to) => to > from ? Steps(new TimePoint(from), new TimePoint(to)) : null;

    /// <summary>The name of the rule, such as "hours", "business days" or "months, at their end".</summary>
    public abstract override string ToString();

    /// <summary>The strictest rule that ascending times fit; null: there is none.</summary>
    internal static Frequency? Of(TimePoint[] times)
    {
        if (times.Length < 2 || Enumerable.Range(1, times.Length - 1).Any(i => !times[i].IsAfter(times[i - 1])))
            return null;
        if (!times[0].IsDate)
            return NumberSteps.Of([.. times.Select(time => time.Number)]);
        IEnumerable<Frequency> byClock = Known([.. times.Select(time => time.Clock)]).OfType<Frequency>().Where(rule => rule.Fits(times)).Take(1);
        if (times.All(time => time.Date.Offset == times[0].Date.Offset))
            return byClock.FirstOrDefault();
        // At the start and end of summer time, clocks jump; time does not.
        IEnumerable<Frequency> byTime = Known([.. times.Select(time => time.Date.UtcDateTime)]).OfType<Frequency>().Where(rule => rule.Fits(times)).Take(1);
        return byClock.Concat(byTime).MinBy(rule => rule.Missing(times));
    }

    /// <summary>The usual length of a step in days; NaN: steps have none, or times are numbers.</summary>
    internal abstract double StepDays { get; }

    /// <summary>The time of the next step; null: it is unknown.</summary>
    internal abstract TimePoint? After(TimePoint time);

    /// <summary>The times of the steps after a time, in their order.</summary>
    internal virtual IEnumerable<TimePoint> Following(TimePoint time, long count)
    {
        for (; count > 0; count--)
            yield return time = After(time)!.Value;
    }

    /// <summary>Whether every time belongs to a step that began before it.</summary>
    internal virtual bool CanBegin => false;

    /// <summary>The time of the step that a time belongs to; null: it belongs to none, or is of another kind.</summary>
    internal virtual TimePoint? Begin(TimePoint time) => null;

    /// <summary>The length of the step that a time belongs to, in a unit that all steps share.</summary>
    internal virtual double Length(TimePoint time) => 1;

    /// <summary>Whether the steps also depend on times that are known only from the data.</summary>
    internal virtual bool IsOpen => false;

    /// <summary>This rule on the days of all times that were found.</summary>
    internal virtual Frequency On(IReadOnlyCollection<TimePoint> found) => this;

    /// <summary>
    /// The number of steps from one time to a later one, at least 1; null: the later one does not lie on a step, or more than a million away.
    /// </summary>
    internal virtual long? Steps(TimePoint from, TimePoint to)
    {
        if (!from.IsDate || !to.IsDate)
            return null;
        TimePoint time = from;
        for (int steps = 0; steps <= FurthestSteps; steps++)
        {
            if (time.Clock >= to.Clock)
                return time.Clock == to.Clock && steps > 0 ? steps : null;
            time = After(time)!.Value;
        }

        return null;
    }

    /// <summary>The number of steps missing between times that this rule fits.</summary>
    internal long Missing(IReadOnlyList<TimePoint> times) =>
        Enumerable.Range(1, Math.Max(0, times.Count - 1)).Sum(i => Steps(times[i - 1], times[i])!.Value - 1);

    /// <summary>The most common value.</summary>
    internal static T Commonest<T>(IEnumerable<T> values) where T : notnull => values.CountBy(value => value).MaxBy(counted => counted.Value).Key;

    /// <summary>Whether single steps are missing by their nature: holidays among business days.</summary>
    internal virtual bool HasHolidays => false;

    /// <summary>The share of steps that must follow each other directly; between the others, steps may be missing.</summary>
    private protected virtual double LeastDirect => 0.5;

    private protected bool Fits(TimePoint[] times)
    {
        int direct = 0;
        for (int i = 1; i < times.Length; i++)
        {
            if (Steps(times[i - 1], times[i]) is not { } steps)
                return false;
            direct += steps == 1 ? 1 : 0;
        }

        return direct >= LeastDirect * (times.Length - 1);
    }

    // From the rules that few dates fit to those that many fit.
    private static IEnumerable<Frequency?> Known(DateTime[] times)
    {
        foreach (Frequency byDay in MonthSteps.ByDay(times))
            yield return byDay;
        yield return EvenSteps.Exactly(times);
        foreach (Frequency byWeekday in MonthSteps.ByWeekday(times))
            yield return byWeekday;
        yield return WeekSteps.Found(times);
        yield return EvenSteps.WithGaps(times);
    }
}
