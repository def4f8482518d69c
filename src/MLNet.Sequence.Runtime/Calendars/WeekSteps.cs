using System.Globalization;

namespace MLNet.Sequence.Calendars;

/// <summary>Days or hours of the week that never occur are left out, for example weekends or the hours when a market is closed.</summary>
/// <param name="Step">The length of a slot.</param>
/// <param name="Phase">When the first slot of a day begins.</param>
/// <param name="Open">Whether a slot of the week occurs, starting with Sunday's first.</param>
/// <param name="Holidays">Whether some open slots may be missing; a rule that only one weekend supports must have no other gap.</param>
internal sealed record WeekSteps(TimeSpan Step, TimeSpan Phase, ValueList<bool> Open, bool Holidays) : Frequency
{
    private const int Weekdays = 7, LargestWeek = 1_000_000;
    private const double WithHolidays = 0.8;

    public static new WeekSteps BusinessDays { get; } = new(TimeSpan.FromDays(1), TimeSpan.Zero, [false, true, true, true, true, true, false], Holidays: true);

    public override int Season => OpenByDay.Max() > 1 ? Commonest(OpenByDay.Where(count => count > 0)) : OpenByDay.Sum();

    internal override bool HasHolidays => Holidays;

    private protected override double LeastDirect => Holidays ? WithHolidays : 1;

    private int PerDay => Open.Length / Weekdays;

    private int[] OpenByDay => [.. Open.Chunk(PerDay).Select(day => day.Count(open => open))];

    /// <summary>The slots of the week with dates, and the slots that occur too rarely to decide; null: these are all slots.</summary>
    public static WeekSteps? Found(IReadOnlyList<DateTime> times)
    {
        TimeSpan step = times.All(time => time.TimeOfDay == times[0].TimeOfDay)
            ? TimeSpan.FromDays(1)
            : Commonest(times.Zip(times.Skip(1), (before, after) => after - before));
        if (step > TimeSpan.FromDays(1) || step <= TimeSpan.Zero || TimeSpan.TicksPerDay % step.Ticks != 0
            || Weekdays * TimeSpan.TicksPerDay / step.Ticks > LargestWeek)
            return null;
        var phase = new TimeSpan(times[0].TimeOfDay.Ticks % step.Ticks);
        if (times.Any(time => (time.TimeOfDay - phase).Ticks % step.Ticks != 0))
            return null;
        var week = new WeekSlots(step, phase, times);
        return week.Closed.Contains(true) ? new WeekSteps(step, phase, [.. week.Closed.Select(closed => !closed)], !week.OnceOnly) : null;
    }

    public override string ToString()
    {
        string[] days = [.. OpenByDay.Index().Where(day => day.Item > 0)
            .Select(day => CultureInfo.InvariantCulture.DateTimeFormat.GetAbbreviatedDayName((DayOfWeek)day.Index))];
        string named = days is ["Mon", "Tue", "Wed", "Thu", "Fri"] ? "business days" : string.Join(", ", days);
        if (PerDay == 1)
            return named;
        int[] slots = [.. Enumerable.Range(0, Open.Length).Where(slot => Open[slot]).Select(slot => slot % PerDay)];
        string Clock(int slot) => (Phase + Step * slot).ToString("hh\\:mm", CultureInfo.InvariantCulture);
        return $"{new EvenSteps(Step)} from {Clock(slots.Min())} to {Clock(slots.Max())}, {(days.Length == Weekdays ? "every day" : named)}";
    }

    internal override double StepDays => Step.TotalDays;

    internal override TimePoint? After(TimePoint time)
    {
        if (!time.IsDate)
            return null;
        int slot = WeekSlots.Slot(time.Clock, Step, Phase), ahead = 1;
        while (!Open[(slot + ahead) % Open.Length])
            ahead++;
        return time.At(time.Clock + Step * ahead);
    }
}
