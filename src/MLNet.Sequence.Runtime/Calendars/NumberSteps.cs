namespace MLNet.Sequence.Calendars;

/// <summary>The same difference from step to step of times that are numbers, which may be rounded: thirds, twelfths of a year.</summary>
internal sealed record NumberSteps(double Step) : Frequency
{
    // A share of a step: months as 0.083, 0.167, 0.250 of a year.
    private const double Rounding = 0.02, Exact = 1e-9;

    public override int Season => 1;

    /// <summary>The step of ascending numbers; null: they follow none.</summary>
    public static NumberSteps? Of(double[] times)
    {
        double[] steps = [.. Enumerable.Range(1, times.Length - 1).Select(i => times[i] - times[i - 1])];
        double usual = steps.Order().ElementAt(steps.Length / 2);
        if (steps.Any(step => !IsWhole(step / usual)) || 2 * steps.Count(step => Math.Round(step / usual) == 1) < steps.Length)
            return null;
        return new NumberSteps((times[^1] - times[0]) / steps.Sum(step => Math.Round(step / usual)));
    }

    public override string ToString() => FormattableString.Invariant($"steps of {Step:G7}");

    internal override double StepDays => double.NaN;

    internal override TimePoint? After(TimePoint time) => time.IsDate ? null : new TimePoint(time.Number + Step);

    internal override bool CanBegin => true;

    internal override TimePoint? Begin(TimePoint time) => time.IsDate ? null : new TimePoint(Math.Floor(time.Number / Step + Exact) * Step);

    internal override long? Steps(TimePoint from, TimePoint to)
    {
        if (from.IsDate || to.IsDate)
            return null;
        double steps = (to.Number - from.Number) / Step;
        return IsWhole(steps) && steps <= FurthestSteps ? (long)Math.Round(steps) : null;
    }

    private static bool IsWhole(double steps) => steps > 0.5 && Math.Abs(steps - Math.Round(steps)) <= Rounding;
}
