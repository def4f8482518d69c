namespace MLNet.Sequence.Calendars;

/// <summary>The slots of the week that have no dates although the data covers them.</summary>
internal sealed class WeekSlots
{
    private const int Weekdays = 7;

    private readonly bool[] _occurs;
    private readonly long[] _occasions;
    private readonly int _perDay;

    public WeekSlots(TimeSpan step, TimeSpan phase, IReadOnlyList<DateTime> times)
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
