namespace MLNet.Sequence;

/// <summary>
/// Rises linearly over the first part of training, then falls along half a cosine (Loshchilov and Hutter, arXiv 1608.03983,
/// equation 5, one period).
/// </summary>
public sealed record CosineSchedule : Schedule
{
    /// <summary>The fraction of all steps for the rise, in [0, 1). Default 0.</summary>
    public double WarmUp { get; init; }

    /// <summary>The factor at the end, in [0, 1]. Default 0.</summary>
    public double FinalFactor { get; init; }

    internal override IEnumerable<string> Problems()
    {
        if (WarmUp is not (>= 0 and < 1))
            yield return FormattableString.Invariant($"{nameof(CosineSchedule)}.{nameof(WarmUp)} must be in [0, 1); found {WarmUp}.");
        if (FinalFactor is not (>= 0 and <= 1))
            yield return FormattableString.Invariant($"{nameof(CosineSchedule)}.{nameof(FinalFactor)} must be in [0, 1]; found {FinalFactor}.");
    }

    internal override bool HasEnd => true;

    internal override double Factor(TrainingMoment moment)
    {
        double rise = Math.Round(moment.TotalSteps * (double)(float)WarmUp);
        if (moment.Step < rise)
            return (moment.Step + 1) / rise;
        double progress = Math.Min(1, (moment.Step - rise) / Math.Max(1, moment.TotalSteps - rise));
        float end = (float)FinalFactor;
        return end + (1 - end) * (1 + Math.Cos(Math.PI * progress)) / 2;
    }
}
