using System.Globalization;

namespace MLNet.Sequence.Calendars;

/// <summary>Which day of a month is a step.</summary>
internal enum MonthRule
{
    /// <summary>The day of the step before, or the last day of a shorter month.</summary>
    Same,

    /// <summary>The last day.</summary>
    End,

    /// <summary>The day with a number, or the last day of a shorter month.</summary>
    Day,

    /// <summary>The last day from Monday to Friday.</summary>
    LastBusinessDay,

    /// <summary>The first day from Monday to Friday.</summary>
    FirstBusinessDay,

    /// <summary>A weekday with a number: the third Friday.</summary>
    Weekday,

    /// <summary>The last of a weekday.</summary>
    LastWeekday,
}

/// <summary>One day in every month, or in every third or twelfth month, always at the same time of day.</summary>
/// <param name="Months">Months from step to step; at least 1.</param>
/// <param name="Rule">Which day.</param>
/// <param name="Number">The day in the month, or the number of the weekday, from 1; 0 where the rule has none.</param>
/// <param name="OfWeek">The weekday, where the rule has one.</param>
internal sealed record MonthSteps(int Months, MonthRule Rule, int Number = 0, DayOfWeek OfWeek = DayOfWeek.Sunday) : Frequency
{
    private const int YearMonths = 12, LongestMonth = 31, ShortestMonth = 28, Week = 7, LeastWeekdays = 4, LastOfAll = 4;

    public override int Season => YearMonths % Months == 0 ? YearMonths / Months : 1;

    /// <summary>The same day of each month, or the last day of a shorter month: the 31st is the end of every month.</summary>
    public static IEnumerable<Frequency> ByDay(IReadOnlyList<DateTime> times)
    {
        int latest = times.Max(time => time.Day);
        var end = new MonthSteps(1, MonthRule.End);
        return Fitting(times, 2, latest < LongestMonth ? [end, new MonthSteps(1, MonthRule.Day, latest)] : [end]);
    }

    /// <summary>The last or first business day of the month, or the same weekday: its third Friday, its last Monday.</summary>
    public static IEnumerable<Frequency> ByWeekday(IReadOnlyList<DateTime> times)
    {
        DayOfWeek weekday = times[0].DayOfWeek;
        int which = (times[0].Day - 1) / Week;
        return Fitting(times, LeastWeekdays,
        [
            new MonthSteps(1, MonthRule.LastBusinessDay),
            new MonthSteps(1, MonthRule.FirstBusinessDay),
            .. which < LastOfAll ? [new MonthSteps(1, MonthRule.Weekday, which + 1, weekday)] : Array.Empty<MonthSteps>(),
            new MonthSteps(1, MonthRule.LastWeekday, 0, weekday),
        ]);
    }

    public override string ToString()
    {
        string steps = Months switch { 1 => "months", 3 => "quarters", YearMonths => "years", _ => FormattableString.Invariant($"every {Months} months") };
        return Rule switch
        {
            MonthRule.Same => steps,
            MonthRule.End => $"{steps}, at their end",
            MonthRule.Day => string.Create(CultureInfo.InvariantCulture, $"{steps}, on day {Number}"),
            MonthRule.LastBusinessDay => $"{steps}, on their last business day",
            MonthRule.FirstBusinessDay => $"{steps}, on their first business day",
            MonthRule.Weekday => string.Create(CultureInfo.InvariantCulture, $"{steps}, on {OfWeek} number {Number}"),
            _ => $"{steps}, on their last {OfWeek}",
        };
    }

    internal override double StepDays => Months * 365.2425 / YearMonths;

    internal override TimePoint? After(TimePoint time) => time.IsDate ? Ahead(time, 1) : null;

    internal override bool IsOpen => Rule == MonthRule.Same;

    internal override bool CanBegin => Rule is MonthRule.Same or MonthRule.End;

    internal override TimePoint? Begin(TimePoint time)
    {
        if (!time.IsDate || !CanBegin)
            return null;
        DateTime first = First(time);
        return time.At(Rule == MonthRule.Same ? first : first.AddMonths(Months).AddDays(-1));
    }

    internal override double Length(TimePoint time) => (First(time).AddMonths(Months) - First(time)).TotalDays;

    // After a shorter month, the day of the month before it would be lost if each step began at the one before.
    internal override IEnumerable<TimePoint> Following(TimePoint time, long count) =>
        Enumerable.Range(1, (int)count).Select(steps => Ahead(time, steps));

    // Up to the 28th, the step before has the day.
    internal override Frequency On(IReadOnlyCollection<TimePoint> found)
    {
        if (Rule != MonthRule.Same || found.Count == 0 || found.Max(time => time.Clock.Day) is var latest && latest <= ShortestMonth)
            return this;
        MonthSteps[] days = [this with { Rule = MonthRule.End }, this with { Rule = MonthRule.Day, Number = latest }];
        return days.FirstOrDefault(rule => found.All(time => time.Clock.Day == rule.DayIn(time.Clock))) ?? this;
    }

    internal override long? Steps(TimePoint from, TimePoint to)
    {
        if (!from.IsDate || !to.IsDate)
            return null;
        int months = Between(from.Clock, to.Clock);
        if (months <= 0 || months % Months != 0)
            return null;
        DateTime there = Ahead(from, months / Months).Clock;
        // From the end of a shorter month, the day may be a later one: 30 January, 28 February, 30 March.
        bool isSame = there == to.Clock
            || Rule == MonthRule.Same && IsEnd(from.Clock) && there.TimeOfDay == to.Clock.TimeOfDay && to.Clock.Day >= there.Day;
        return isSame ? months / Months : null;
    }

    private static IEnumerable<Frequency> Fitting(IReadOnlyList<DateTime> times, int least, IEnumerable<MonthSteps> rules)
    {
        if (times.Count < least || times.Any(time => time.TimeOfDay != times[0].TimeOfDay))
            return [];
        int step = Commonest(times.Zip(times.Skip(1), Between));
        return step < 1 ? [] : rules.Where(rule => times.All(time => time.Day == rule.DayIn(time))).Select(rule => rule with { Months = step });
    }

    // The first day of the step, counted from January.
    private DateTime First(TimePoint time) => new(time.Clock.Year, (time.Clock.Month - 1) / Months * Months + 1, 1);

    private static int Between(DateTime from, DateTime to) => (to.Year - from.Year) * YearMonths + to.Month - from.Month;

    private static bool IsEnd(DateTime date) => date.Day == DateTime.DaysInMonth(date.Year, date.Month);

    private TimePoint Ahead(TimePoint time, int steps)
    {
        DateTime clock = time.Clock, month = new DateTime(clock.Year, clock.Month, 1).AddMonths(steps * Months);
        int day = Rule == MonthRule.Same ? Math.Min(clock.Day, DateTime.DaysInMonth(month.Year, month.Month)) : DayIn(month);
        return time.At(month.AddDays(day - 1) + clock.TimeOfDay);
    }

    private int DayIn(DateTime date)
    {
        var month = new DateTime(date.Year, date.Month, 1);
        int length = DateTime.DaysInMonth(month.Year, month.Month);
        int First(Func<DateTime, bool> wanted) => Enumerable.Range(0, length).First(day => wanted(month.AddDays(day))) + 1;
        int Last(Func<DateTime, bool> wanted) => Enumerable.Range(0, length).Last(day => wanted(month.AddDays(day))) + 1;
        return Rule switch
        {
            MonthRule.End => length,
            MonthRule.Day => Math.Min(Number, length),
            MonthRule.LastBusinessDay => Last(IsBusinessDay),
            MonthRule.FirstBusinessDay => First(IsBusinessDay),
            MonthRule.Weekday => First(day => day.DayOfWeek == OfWeek) + Week * (Number - 1),
            MonthRule.LastWeekday => Last(day => day.DayOfWeek == OfWeek),
            _ => date.Day,
        };
    }

    private static bool IsBusinessDay(DateTime date) => date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);
}
