namespace MLNet.Sequence.Calendars;

/// <summary>The same time span from step to step.</summary>
internal sealed record EvenSteps(TimeSpan Span) : Frequency
{
    public override int Season => Span.TotalHours switch
    {
        24 => 7,
        > 0 and < 24 when TimeSpan.TicksPerDay % Span.Ticks == 0 => (int)(TimeSpan.TicksPerDay / Span.Ticks),
        _ => 1,
    };

    // Whole days are counted by the clock, across a change to summer time.
    private bool IsDays => Span.Ticks % TimeSpan.TicksPerDay == 0;

    /// <summary>The span of all steps.</summary>
    public static EvenSteps? Exactly(IReadOnlyList<DateTime> times) => times[1] > times[0]
        && Enumerable.Range(1, times.Count - 1).All(i => times[i] - times[i - 1] == times[1] - times[0]) ? new EvenSteps(times[1] - times[0]) : null;

    /// <summary>Steps of the most common span; longer spans count as gaps.</summary>
    public static EvenSteps? WithGaps(IReadOnlyList<DateTime> times) =>
        Commonest(times.Zip(times.Skip(1), (before, after) => after - before)) is { Ticks: > 0 } span ? new(span) : null;

    public override string ToString() => Span switch
    {
        { Ticks: TimeSpan.TicksPerDay * 7 } => "weeks",
        { Ticks: TimeSpan.TicksPerDay } => "days",
        { Ticks: TimeSpan.TicksPerHour } => "hours",
        { Ticks: TimeSpan.TicksPerMinute } => "minutes",
        { Ticks: TimeSpan.TicksPerSecond } => "seconds",
        _ when IsDays => FormattableString.Invariant($"every {Span.Days} days"),
        _ => FormattableString.Invariant($"every {Span:c}"),
    };

    internal override double StepDays => Span.TotalDays;

    internal override TimePoint? After(TimePoint time) => time.IsDate ? new TimePoint(time.Date + Span) : null;

    internal override bool CanBegin => true;

    // Ticks count from a Monday, 1 January of the year 1.
    internal override TimePoint? Begin(TimePoint time) => time.IsDate ? time.At(new DateTime(time.Clock.Ticks - time.Clock.Ticks % Span.Ticks)) : null;

    internal override long? Steps(TimePoint from, TimePoint to)
    {
        if (!from.IsDate || !to.IsDate)
            return null;
        return (IsDays ? Count(to.Clock - from.Clock) : null) ?? Count(to.Date - from.Date);
    }

    private long? Count(TimeSpan between) =>
        between.Ticks > 0 && between.Ticks % Span.Ticks == 0 && between.Ticks / Span.Ticks is var steps and <= FurthestSteps ? steps : null;
}
