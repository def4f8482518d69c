namespace MLNet.Sequence;

/// <summary>How good quantiles are. Every mean is over windows, steps and targets.</summary>
public sealed class QuantileScores
{
    internal QuantileScores()
    {
    }

    /// <summary>The probabilities of the quantiles in (0, 1), ascending, such as 0.1, 0.5 and 0.9.</summary>
    public required IReadOnlyList<double> Levels { get; init; }

    /// <summary>
    /// For each level τ the mean pinball loss, max(τ (y − q), (τ − 1) (y − q)), in the unit of the targets; 0 to ∞. Source: Koenker and Bassett,
    /// "Regression quantiles", 1978.
    /// </summary>
    public required IReadOnlyList<double> PinballLosses { get; init; }

    /// <summary>The average of <see cref="PinballLosses"/> over all levels, in the unit of the targets; lower is better.</summary>
    public double MeanPinballLoss => PinballLosses.Average();

    /// <summary>For each level the share of the actual values that are not above the quantile, 0 to 1; of good quantiles it is the level.</summary>
    public required IReadOnlyList<double> Coverages { get; init; }

    /// <summary>
    /// Weighted quantile loss: for each level twice the sum of the pinball losses, divided by the sum of |actual|; the mean over the levels. Without
    /// unit, 0 to ∞; NaN if all actual values are 0. Source: Gasthaus et al., "Probabilistic forecasting with spline quantile function RNNs", 2019.
    /// </summary>
    public required double WeightedQuantileLoss { get; init; }

    /// <summary>
    /// CRPS, estimated from the quantiles: 2 ∫ pinball loss dτ over (0, 1), where each τ has the loss of the nearest level. In the unit of the
    /// targets, 0 to ∞. The more levels, the better the estimate. Source: Gneiting and Raftery, "Strictly proper scoring rules", 2007.
    /// </summary>
    public required double ContinuousRankedProbabilityScore { get; init; }

    /// <summary>The intervals between levels τ and 1 − τ, the narrowest first; empty if no two levels are symmetric.</summary>
    public required IReadOnlyList<IntervalScores> Intervals { get; init; }
}

/// <summary>How good an interval between two quantiles is.</summary>
/// <param name="Level">The probability that it should contain the value, in (0, 1).</param>
public sealed record IntervalScores(double Level)
{
    /// <summary>The share of the actual values inside, 0 to 1; of a good interval it is the level.</summary>
    public double Coverage { get; internal init; }

    /// <summary>The average distance from the lower to the upper bound, in the unit of the targets.</summary>
    public double Width { get; internal init; }

    /// <summary>
    /// The mean of the width plus 2 / (1 − level) times the distance of a value outside, in the unit of the targets; smaller is better. Source:
    /// Winkler, "A decision-theoretic approach to interval estimation", 1972.
    /// </summary>
    public double WinklerScore { get; internal init; }
}
