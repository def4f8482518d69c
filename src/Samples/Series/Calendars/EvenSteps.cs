namespace MLNet.Sequence.Samples.Series.Calendars;

/// <summary>The same time span from step to step.</summary>
internal sealed class EvenSteps(TimeSpan span) : StepCalendar
{
    public override int Season => span.TotalHours switch
    {
        24 => 7,
        > 0 and < 24 when TimeSpan.TicksPerDay % span.Ticks == 0 => (int)(TimeSpan.TicksPerDay / span.Ticks),
        _ => 1,
    };

    /// <summary>The span of all steps.</summary>
    public static EvenSteps? Exactly(IReadOnlyList<DateTime> times) =>
        Enumerable.Range(1, times.Count - 1).All(i => times[i] - times[i - 1] == times[1] - times[0]) ? new EvenSteps(times[1] - times[0]) : null;

    /// <summary>Steps of the most common span; longer spans count as gaps.</summary>
    public static EvenSteps WithGaps(IReadOnlyList<DateTime> times) => new(Commonest(times.Zip(times.Skip(1), (before, after) => after - before)));

    public override DateTime After(DateTime time) => time + span;

    public override long? Steps(DateTime from, DateTime to) => (to - from).Ticks % span.Ticks == 0 ? (to - from).Ticks / span.Ticks : null;

    public override string ToString() => span switch
    {
        { Ticks: TimeSpan.TicksPerDay * 7 } => "weeks",
        { Ticks: TimeSpan.TicksPerDay } => "days",
        { Ticks: TimeSpan.TicksPerHour } => "hours",
        { Ticks: TimeSpan.TicksPerMinute } => "minutes",
        { Ticks: TimeSpan.TicksPerSecond } => "seconds",
        _ when span.Ticks % TimeSpan.TicksPerDay == 0 => FormattableString.Invariant($"every {span.Days} days"),
        _ => FormattableString.Invariant($"every {span:c}"),
    };
}
