namespace MLNet.Sequence;

/// <summary>The rate is multiplied by <see cref="Gamma"/> after every <see cref="Epochs"/> epochs.</summary>
public sealed record StepSchedule : Schedule
{
    /// <summary>Epochs between the cuts; at least 1. Default 10.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>The factor of each cut, in (0, 1]. Default 0.5.</summary>
    public double Gamma { get; init; } = 0.5;

    internal override IEnumerable<string> Problems()
    {
        if (Epochs < 1)
            yield return $"{nameof(StepSchedule)}.{nameof(Epochs)} must be at least 1; found {Epochs}.";
        if (Gamma is not (> 0 and <= 1))
            yield return FormattableString.Invariant($"{nameof(StepSchedule)}.{nameof(Gamma)} must be in (0, 1]; found {Gamma}.");
    }

    internal override double Factor(TrainingMoment moment) => Math.Pow((float)Gamma, moment.Epochs.Count / Epochs);
}
