namespace MLNet.Sequence;

/// <summary>
/// The rate is cut when the validation loss (the training loss, without validation) has not improved for
/// <see cref="Patience"/> epochs: with the defaults, the language-model papers' "halve when validation stalls".
/// </summary>
public sealed record PlateauSchedule : Schedule
{
    /// <summary>Epochs without improvement before a cut; at least 1. Default 1.</summary>
    public int Patience { get; init; } = 1;

    /// <summary>The factor of each cut, in (0, 1). Default 0.5.</summary>
    public double Gamma { get; init; } = 0.5;

    /// <summary>The fraction by which a loss must be lower to count as an improvement, in [0, 1). Default 0.</summary>
    public double Threshold { get; init; }

    internal override IEnumerable<string> Problems()
    {
        if (Patience < 1)
            yield return $"{nameof(PlateauSchedule)}.{nameof(Patience)} must be at least 1; found {Patience}.";
        if (Gamma is not (> 0 and < 1))
            yield return FormattableString.Invariant($"{nameof(PlateauSchedule)}.{nameof(Gamma)} must be in (0, 1); found {Gamma}.");
        if (Threshold is not (>= 0 and < 1))
            yield return FormattableString.Invariant($"{nameof(PlateauSchedule)}.{nameof(Threshold)} must be in [0, 1); found {Threshold}.");
    }

    internal override double Factor(TrainingMoment moment)
    {
        double best = double.PositiveInfinity, factor = 1;
        int stalled = 0;
        foreach (EpochReport epoch in moment.Epochs)
        {
            double loss = epoch.ValidationLoss ?? epoch.Loss;
            if (loss < best - Math.Abs(best) * (float)Threshold || double.IsPositiveInfinity(best))
            {
                (best, stalled) = (loss, 0);
            }
            else if (++stalled >= Patience)
            {
                factor *= (float)Gamma;
                stalled = 0;
            }
        }

        return factor;
    }
}
