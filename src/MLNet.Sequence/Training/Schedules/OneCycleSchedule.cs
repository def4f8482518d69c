namespace MLNet.Sequence;

/// <summary>
/// Rises along a cosine from a low rate to the full rate, then falls along a cosine to almost 0 (Smith and Topin, arXiv 1708.07120; the
/// two-phase form of PyTorch's OneCycleLR). Momentum does not change.
/// </summary>
public sealed record OneCycleSchedule : Schedule
{
    /// <summary>The fraction of all steps for the rise, in (0, 1). Default 0.3.</summary>
    public double Rise { get; init; } = 0.3;

    /// <summary>The rate starts at 1 / this; above 1. Default 25.</summary>
    public double StartDivisor { get; init; } = 25;

    /// <summary>The rate ends at its start / this; above 1. Default 10,000.</summary>
    public double FinalDivisor { get; init; } = 1e4;

    internal override IEnumerable<string> Problems()
    {
        if (Rise is not (> 0 and < 1))
            yield return FormattableString.Invariant($"{nameof(OneCycleSchedule)}.{nameof(Rise)} must be in (0, 1); found {Rise}.");
        foreach ((string name, double divisor) in new[] { (nameof(StartDivisor), StartDivisor), (nameof(FinalDivisor), FinalDivisor) })
        {
            if (!(divisor > 1 && double.IsFinite(divisor)))
                yield return FormattableString.Invariant($"{nameof(OneCycleSchedule)}.{name} must be above 1 and finite; found {divisor}.");
        }
    }

    internal override bool HasEnd => true;

    // PyTorch divides by 0 if the first step is exactly the step of the full rate; here it gets the full rate.
    internal override double Factor(TrainingMoment moment)
    {
        double start = 1.0 / (float)StartDivisor, end = start / (float)FinalDivisor;
        // The step of the full rate. With few steps it may be before the first step, which is then already part of the fall.
        double peak = (double)(float)Rise * moment.TotalSteps - 1;
        if (moment.Step <= peak && peak > 0)
            return Between(start, 1, moment.Step / peak);
        return Between(1, end, Math.Min(1, (moment.Step - peak) / (moment.TotalSteps - 1 - peak)));
    }

    private static double Between(double from, double to, double part) =>
        to + (from - to) * (1 + Math.Cos(Math.PI * part)) / 2;
}
