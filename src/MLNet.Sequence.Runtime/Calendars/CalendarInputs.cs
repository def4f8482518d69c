using System.Numerics;

namespace MLNet.Sequence;

/// <summary>Parts of a date that repeat. Each gives two inputs, the sine and the cosine of its place in the cycle.</summary>
[Flags]
public enum CalendarParts
{
    /// <summary>No part: holidays alone.</summary>
    None = 0,

    /// <summary>The time of day, minutes included.</summary>
    Hour = 1,

    /// <summary>Monday to Sunday: a cycle of seven days, whatever the time of day.</summary>
    Weekday = 2,

    /// <summary>From the 1st to the 28th, 29th, 30th or 31st: a cycle of one month, whatever its length.</summary>
    MonthDay = 4,

    /// <summary>From 1 January to 31 December: a cycle of 365 or 366 days.</summary>
    YearDay = 8,

    /// <summary>January to December: a cycle of twelve steps, whatever the date within each.</summary>
    Month = 16,
}

/// <summary>
/// Inputs that a forecaster makes from the times of the rows and of the steps ahead: cyclic parts of the date, and holidays. They are known
/// inputs that no column has to hold.
/// </summary>
public sealed record CalendarInputs
{
    private const int Cycles = 2;
    private const double Week = 7, Month = 31, Year = 365, LongestStep = 28;

    /// <summary>
    /// The parts that vary at the frequency, and whose cycle the training rows cover twice: for hours in a year the hour, the weekday and
    /// the day of the month; for months in two years and more the month.
    /// </summary>
    public static CalendarInputs Auto { get; } = new();

    /// <summary>The parts; null, the default: as in <see cref="Auto"/>.</summary>
    public CalendarParts? Parts { get; init; }

    /// <summary>
    /// The holidays, for one more input that is 1 on these days, otherwise 0. The list should cover the years of the training rows and of the
    /// steps ahead. Default none.
    /// </summary>
    public IReadOnlyList<DateOnly> Holidays { get; init => field = ValueList.Of((value ?? []).Order()); } = ValueList.Create<DateOnly>();

    /// <summary>The number of inputs.</summary>
    internal int Size => 2 * BitOperations.PopCount((uint)(Parts ?? CalendarParts.None)) + (Holidays.Count > 0 ? 1 : 0);

    /// <summary>The names of the inputs.</summary>
    internal IReadOnlyList<string> Names =>
    [
        .. Enum.GetValues<CalendarParts>().Where(part => part != CalendarParts.None && Parts?.HasFlag(part) == true)
            .SelectMany(part => new[] { $"{part} (sine)", $"{part} (cosine)" }),
        .. Holidays.Count > 0 ? ["Holiday"] : Array.Empty<string>(),
    ];

    /// <summary>The inputs of a date, in the order of a model's channels: sine and cosine of each part, then 1 or 0 for a holiday.</summary>
    /// <param name="time">The date, as clocks show it.</param>
    public double[] Values(DateTime time)
    {
        var values = new double[Size];
        Fill(time, values);
        return values;
    }

    /// <summary>As <see cref="Values"/>, in memory of the caller.</summary>
    internal void Fill(DateTime time, Span<double> values)
    {
        int at = 0;
        for (int part = 1; part <= (int)CalendarParts.Month; part *= 2)
        {
            if ((Parts ?? CalendarParts.None).HasFlag((CalendarParts)part))
                (values[at++], values[at++]) = Math.SinCos(2 * Math.PI * Place((CalendarParts)part, time));
        }

        if (Holidays.Count > 0)
            values[at] = ((ValueList<DateOnly>)Holidays).AsSpan().BinarySearch(DateOnly.FromDateTime(time)) >= 0 ? 1 : 0;
    }

    /// <summary>These inputs with their parts for rows of a frequency.</summary>
    /// <param name="stepDays">The usual length of a step, in days.</param>
    /// <param name="days">The days from the first row to the step after the last one.</param>
    internal CalendarInputs For(double stepDays, double days)
    {
        if (Parts is not null)
            return this;
        CalendarParts If(CalendarParts part, bool varies, double cycle) => varies && days >= Cycles * cycle ? part : CalendarParts.None;
        return this with
        {
            Parts = If(CalendarParts.Hour, stepDays < 1, 1) | If(CalendarParts.Weekday, stepDays < Week, Week)
                | If(CalendarParts.MonthDay, stepDays < LongestStep, Month) | If(CalendarParts.YearDay, stepDays < LongestStep, Year)
                | If(CalendarParts.Month, stepDays is >= LongestStep and < Year, Year),
        };
    }

    /// <summary>The years of a range without any holiday of the list.</summary>
    internal IEnumerable<int> YearsWithoutHolidays(DateTime first, DateTime last) => Holidays.Count == 0 ? []
        : Enumerable.Range(first.Year, last.Year - first.Year + 1).Except(Holidays.Select(day => day.Year));

    // In [0, 1).
    private static double Place(CalendarParts part, DateTime time) => part switch
    {
        CalendarParts.Hour => time.TimeOfDay.TotalDays,
        CalendarParts.Weekday => (int)time.DayOfWeek / Week,
        CalendarParts.MonthDay => (time.Day - 1.0) / DateTime.DaysInMonth(time.Year, time.Month),
        CalendarParts.YearDay => (time.DayOfYear - 1.0) / (DateTime.IsLeapYear(time.Year) ? Year + 1 : Year),
        _ => (time.Month - 1.0) / 12,
    };
}
