namespace MLNet.Sequence;

/// <summary>
/// How the channels of a forecaster are scaled before the network sees them, each series by itself: (value − centre) / scale. Centre and scale
/// are found from the training rows of the series, or from the window of a series that was not in training; forecasts are scaled back
/// exactly.
/// </summary>
/// <remarks>
/// A channel whose scale is 0, such as half of its values alike with <see cref="Robust"/>, has its standard deviation as the scale; a constant
/// one has that of all series.
/// </remarks>
public enum ScalingKind
{
    /// <summary>Centre: the mean; scale: the standard deviation of the population.</summary>
    Standard,

    /// <summary>
    /// Centre: the median; scale: the interquartile range / 1.349, which for a normal distribution is the standard deviation. Single extreme
    /// values do not change it. Quartiles are interpolated linearly (definition 7 of Hyndman and Fan, 1996).
    /// </summary>
    Robust,

    /// <summary>Centre: the minimum; scale: the range, so that training rows lie in [0, 1].</summary>
    MinMax,

    /// <summary>
    /// Centre: 0; scale: the mean of the absolute values, so that 0 stays 0 and series differ by a factor only. A level that is high above its
    /// changes loses digits, since networks compute in Single; training warns of that.
    /// </summary>
    MeanAbsolute,

    /// <summary>
    /// Targets as log(1 + value), scaled by the mean and standard deviation of the logarithms; inputs by their own. For values of at least 0 whose
    /// changes grow with their level, such as sales: forecasts are never below 0. Negative targets are refused in training, and read as 0 in
    /// scoring. No certificate of a recurrent model: the exponential has no bounded slope.
    /// </summary>
    Log1p,

    /// <summary>
    /// Targets by a power, (value^λ − 1) / λ, or the logarithm with λ = 0, scaled by the mean and standard deviation of the result; inputs by their own.
    /// λ is found for each series from its training rows by maximum likelihood, in [0, 2] (<see cref="PowerTransform"/>; Box and Cox, "An analysis of
    /// transformations", 1964). A series that was not in training has the λ that fits all series best, each at its own level. For values of at least
    /// 0 whose changes grow with their level in a way that the data tells: <see cref="Log1p"/> fixes it. Forecasts are never below 0. What was the mean
    /// of transformed values comes back as about the median, not the mean, of the values: there is no correction of that bias. Negative targets are
    /// refused in training. In scoring, what is below the values of training is read as their least (<see cref="PowerTransform.Least"/>): a negative
    /// value as 0 if training had a zero; if it had none, everything below half of the smallest training value, zeros too, as that half. No certificate
    /// of a recurrent model.
    /// </summary>
    BoxCox,
}

/// <summary>How channels are scaled.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Targets">The number of targets, the first channels.</param>
internal readonly record struct ScalingRule(ScalingKind Kind, int Targets)
{
    /// <summary>Whether targets are transformed by a power or logarithm, which needs values of at least 0.</summary>
    public bool HasPowers => Kind is ScalingKind.Log1p or ScalingKind.BoxCox;

    /// <summary>How differences are scaled: they may be negative, so the values are transformed before.</summary>
    public ScalingRule OfDifferences => HasPowers ? this with { Kind = ScalingKind.Standard } : this;

    /// <summary>The kind for a channel.</summary>
    public ScalingKind Of(int channel) => HasPowers && channel >= Targets ? ScalingKind.Standard : Kind;
}
