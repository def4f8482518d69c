namespace MLNet.Sequence.Samples.Series.Calendars;

/// <summary>One day in every month, or in every third or twelfth month, always at the same time of day.</summary>
/// <param name="months">Months from step to step.</param>
/// <param name="name">The name of the day rule.</param>
/// <param name="day">The day in the month that starts at a date.</param>
/// <param name="clock">The time of day.</param>
internal sealed class Monthly(int months, string name, Func<DateTime, int> day, TimeSpan clock) : StepCalendar
{
    private const int YearMonths = 12, LongestMonth = 31, Week = 7, LeastWeekdays = 4, LastOfAll = 4;

    public override int Season => YearMonths % months == 0 ? YearMonths / months : 1;

    /// <summary>The same day of each month, or the last day of a shorter month: the 31st is the end of every month.</summary>
    public static IEnumerable<StepCalendar> ByDay(IReadOnlyList<DateTime> times) => Of(times, 2,
    [
        ("at their end", month => DateTime.DaysInMonth(month.Year, month.Month)),
        .. times.Max(time => time.Day) is var latest && latest < LongestMonth
            ? [(FormattableString.Invariant($"on day {latest}"), month => Math.Min(latest, DateTime.DaysInMonth(month.Year, month.Month)))]
            : Array.Empty<(string, Func<DateTime, int>)>(),
    ]);

    /// <summary>The last or first business day of the month, or the same weekday: its third Friday, its last Monday.</summary>
    public static IEnumerable<StepCalendar> ByWeekday(IReadOnlyList<DateTime> times)
    {
        DayOfWeek weekday = times[0].DayOfWeek;
        int which = (times[0].Day - 1) / Week;
        IEnumerable<(string, Func<DateTime, int>)> nth = which < LastOfAll
            ? [(FormattableString.Invariant($"on {weekday} number {which + 1}"), month => First(month, date => date.DayOfWeek == weekday) + Week * which)]
            : [];
        return Of(times, LeastWeekdays,
        [
            ("on their last business day", month => Last(month, IsBusinessDay)),
            ("on their first business day", month => First(month, IsBusinessDay)),
            .. nth,
            ($"on their last {weekday}", month => Last(month, date => date.DayOfWeek == weekday)),
        ]);
    }

    public override DateTime After(DateTime time)
    {
        DateTime month = new DateTime(time.Year, time.Month, 1, 0, 0, 0, time.Kind).AddMonths(months);
        return month.AddDays(day(month) - 1) + clock;
    }

    public override string ToString() =>
        $"{months switch { 1 => "months", 3 => "quarters", YearMonths => "years", _ => FormattableString.Invariant($"every {months} months") }}, {name}";

    private static IEnumerable<StepCalendar> Of(IReadOnlyList<DateTime> times, int least, IEnumerable<(string Name, Func<DateTime, int> Day)> rules)
    {
        if (times.Count < least || times.Any(time => time.TimeOfDay != times[0].TimeOfDay))
            return [];
        int step = Commonest(times.Zip(times.Skip(1), (before, after) => (after.Year - before.Year) * YearMonths + after.Month - before.Month));
        return step < 1 ? [] : rules
            .Where(rule => times.All(time => time.Day == rule.Day(new DateTime(time.Year, time.Month, 1))))
            .Select(rule => new Monthly(step, rule.Name, rule.Day, times[0].TimeOfDay));
    }

    private static bool IsBusinessDay(DateTime date) => date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    private static int First(DateTime month, Func<DateTime, bool> wanted) => Days(month).First(wanted).Day;

    private static int Last(DateTime month, Func<DateTime, bool> wanted) => Days(month).Last(wanted).Day;

    private static IEnumerable<DateTime> Days(DateTime month) =>
        Enumerable.Range(0, DateTime.DaysInMonth(month.Year, month.Month)).Select(day => month.AddDays(day));
}
