using System.Globalization;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// A linear model on summary statistics of a row: the mean, standard deviation, smallest, largest, first and last value and rise of each
/// channel, and the number of steps (<see cref="RunningStatistics"/>), as in Nanopoulos, Alcock and Manolopoulos, "Feature-based
/// classification of time-series data", 2001. It predicts the class of a row (logistic regression), yes or no, or numbers (least squares),
/// with a penalty on large weights: min mean loss + λ ‖W‖², of standardised statistics, in double. If no model has a lower loss, the order
/// of the steps is not needed.
/// Receptive field: all steps. The statistics are of the whole row, so a trainer's pooling is always the last step; its option is ignored.
/// Deviates: the slope and the ends of a row instead of skewness and kurtosis; λ is the one with the least loss on the validation rows.
/// Without validation, λ has the least generalised cross-validation for numbers (Golub, Heath and Wahba 1979), and is 1 over the number of
/// rows for classes.
/// </summary>
public sealed record LinearOnStatistics : Reference
{
    /// <summary>
    /// λ, in units of the variance of a standardised statistic; 0 or above. Null, the default: chosen, for numbers as in
    /// <see cref="Ridge"/>, for classes among 10^−5, 10^−4, … 1.
    /// </summary>
    public double? Penalty { get; init; }

    /// <inheritdoc/>
    public override Layer Build(int context) => new RunningStatistics();

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        if (Penalty is { } penalty && !(penalty >= 0 && double.IsFinite(penalty)))
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(Penalty)} must be 0 or above; found {penalty}.");
    }

    internal override int Steps(int context) => context;
}
