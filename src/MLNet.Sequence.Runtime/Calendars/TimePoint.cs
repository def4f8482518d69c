using System.Globalization;

namespace MLNet.Sequence.Calendars;

/// <summary>A time of a row: a date with a clock and an offset, or a number.</summary>
internal readonly record struct TimePoint
{
    public TimePoint(DateTimeOffset date) => (IsDate, Date) = (true, date);

    /// <param name="date">A date without an offset, whatever its kind: it is taken as it is written.</param>
    public TimePoint(DateTime date)
        : this(new DateTimeOffset(DateTime.SpecifyKind(date, DateTimeKind.Unspecified), TimeSpan.Zero))
    {
    }

    public TimePoint(double number) => Number = number;

    public bool IsDate { get; }

    /// <summary>The date; meaningless if the time is a number.</summary>
    public DateTimeOffset Date { get; }

    /// <summary>The number; 0 if the time is a date.</summary>
    public double Number { get; }

    /// <summary>The date as clocks show it.</summary>
    public DateTime Clock => Date.DateTime;

    /// <summary>The same offset at another clock time.</summary>
    public TimePoint At(DateTime clock) => new(new DateTimeOffset(DateTime.SpecifyKind(clock, DateTimeKind.Unspecified), Date.Offset));

    /// <summary>Whether this time is later than another of the same kind.</summary>
    public bool IsAfter(TimePoint other) => IsDate ? Date > other.Date : Number > other.Number;

    /// <summary>The order of two times of the same kind.</summary>
    public int CompareTo(TimePoint other) => IsDate ? Date.CompareTo(other.Date) : Number.CompareTo(other.Number);

    public override string ToString() => !IsDate ? Number.ToString("G10", CultureInfo.InvariantCulture) : Date.ToString(
        (Date.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : Date.Second == 0 ? "yyyy-MM-dd HH:mm" : "yyyy-MM-dd HH:mm:ss")
            + (Date.Offset == TimeSpan.Zero ? "" : " zzz"), CultureInfo.InvariantCulture);
}
