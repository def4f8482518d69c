using System.Globalization;

namespace MLNet.Sequence.Samples.Series.Calendars;

/// <summary>Days or hours of the week that never occur are left out, for example weekends or the hours when a market is closed.</summary>
internal sealed class OpeningHours : StepCalendar
{
    private const int Weekdays = 7, LargestWeek = 1_000_000;
    private const double WithHolidays = 0.8;

    private readonly TimeSpan _step, _phase;
    private readonly bool[] _open; // by slot of the week, starting with Sunday's first
    private readonly double _leastDirect;

    private OpeningHours(TimeSpan step, TimeSpan phase, bool[] open, double leastDirect) =>
        (_step, _phase, _open, _leastDirect) = (step, phase, open, leastDirect);

    // Holidays may be missing; a rule that only one weekend supports must have no other gap.
    protected override double LeastDirect => _leastDirect;

    private int PerDay => _open.Length / Weekdays;

    private int[] OpenByDay => [.. _open.Chunk(PerDay).Select(day => day.Count(open => open))];

    public override int Season => OpenByDay.Max() > 1 ? Commonest(OpenByDay.Where(count => count > 0)) : OpenByDay.Sum();

    /// <summary>The slots of the week with dates, and the slots that occur too rarely to decide; null: these are all slots.</summary>
    public static new OpeningHours? Of(IReadOnlyList<DateTime> times)
    {
        TimeSpan step = times.All(time => time.TimeOfDay == times[0].TimeOfDay)
            ? TimeSpan.FromDays(1)
            : Commonest(times.Zip(times.Skip(1), (before, after) => after - before));
        if (step > TimeSpan.FromDays(1) || TimeSpan.TicksPerDay % step.Ticks != 0 || Weekdays * TimeSpan.TicksPerDay / step.Ticks > LargestWeek)
            return null;
        var phase = new TimeSpan(times[0].TimeOfDay.Ticks % step.Ticks);
        if (times.Any(time => (time.TimeOfDay - phase).Ticks % step.Ticks != 0))
            return null;
        var week = new Week(step, phase, times);
        return week.Closed.Contains(true) ? new OpeningHours(step, phase, [.. week.Closed.Select(closed => !closed)], week.OnceOnly ? 1 : WithHolidays) : null;
    }

    public override DateTime After(DateTime time)
    {
        int slot = Week.Slot(time, _step, _phase);
        int ahead = 1;
        while (!_open[(slot + ahead) % _open.Length])
            ahead++;
        return time + _step * ahead;
    }

    public override string ToString()
    {
        string[] days = [.. OpenByDay.Index().Where(day => day.Item > 0)
            .Select(day => CultureInfo.InvariantCulture.DateTimeFormat.GetAbbreviatedDayName((DayOfWeek)day.Index))];
        string named = days is ["Mon", "Tue", "Wed", "Thu", "Fri"] ? "business days" : string.Join(", ", days);
        if (PerDay == 1)
            return named;
        int[] slots = [.. Enumerable.Range(0, _open.Length).Where(slot => _open[slot]).Select(slot => slot % PerDay)];
        string Clock(int slot) => (_phase + _step * slot).ToString("hh\\:mm", CultureInfo.InvariantCulture);
        return $"{new EvenSteps(_step)} from {Clock(slots.Min())} to {Clock(slots.Max())}, {(days.Length == Weekdays ? "every day" : named)}";
    }

    /// <summary>The slots of the week that have no dates although the data covers them.</summary>
    private sealed class Week
    {
        private readonly bool[] _occurs;
        private readonly long[] _occasions;
        private readonly int _perDay;

        public Week(TimeSpan step, TimeSpan phase, IReadOnlyList<DateTime> times)
        {
            _perDay = (int)(TimeSpan.TicksPerDay / step.Ticks);
            int slots = _perDay * Weekdays, first = Slot(times[0], step, phase);
            long steps = (times[^1] - times[0]).Ticks / step.Ticks;
            _occurs = new bool[slots];
            foreach (DateTime time in times)
                _occurs[Slot(time, step, phase)] = true;
            _occasions = [.. Enumerable.Range(0, slots)
                .Select(slot => (slot - first + slots) % slots is var offset && offset <= steps ? (steps - offset) / slots + 1 : 0)];
            bool[] days = [.. Enumerable.Range(0, Weekdays).Select(DayIsClosed)], hours = [.. Enumerable.Range(0, _perDay).Select(HourIsClosed)];
            Closed = [.. Enumerable.Range(0, slots).Select(slot => !_occurs[slot] && (_occasions[slot] > 1 || days[slot / _perDay] || hours[slot % _perDay]))];
        }

        public bool[] Closed { get; }

        /// <summary>Whether the data covers no slot twice: then only one weekend without dates supports the rule.</summary>
        public bool OnceOnly => Closed.Index().Where(slot => slot.Item).All(slot => _occasions[slot.Index] < 2);

        public static int Slot(DateTime time, TimeSpan step, TimeSpan phase) =>
            (int)(((int)time.DayOfWeek * TimeSpan.TicksPerDay + (time.TimeOfDay - phase).Ticks) / step.Ticks);

        // One missing day may be a gap; Saturday and Sunday together are a weekend.
        private bool DayIsClosed(int day)
        {
            bool weekend = day is 0 or 6 && !Occurs(0) && !Occurs(6);
            return !Occurs(day) && _occasions[(day * _perDay)..((day + 1) * _perDay)].Min() >= (weekend ? 1 : 2);
        }

        private bool Occurs(int day) => _occurs.AsSpan(day * _perDay, _perDay).Contains(true);

        private bool HourIsClosed(int hour)
        {
            int[] slots = [.. Enumerable.Range(0, Weekdays).Where(Occurs).Select(day => day * _perDay + hour)];
            return !slots.Any(slot => _occurs[slot]) && slots.Sum(slot => _occasions[slot]) > 1;
        }
    }
}
