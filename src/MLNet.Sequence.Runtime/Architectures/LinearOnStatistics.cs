using System.Globalization;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// A linear model on summary statistics of a row: of each channel mean, deviation, smallest, largest, first and last value and rise, and the number
/// of steps (<see cref="RunningStatistics"/>), as in Nanopoulos, Alcock and Manolopoulos, "Feature-based classification of time-series data", 2001.
/// It predicts the class of a row (logistic regression), yes or no, or numbers (least squares), with a penalty on large weights:
/// min mean loss + λ ‖W‖², of standardised statistics, in double. What costs as little is decided by no order of the steps.
/// Receptive field: all steps. Statistics are of the whole row, so that a trainer's pooling is the last step, whatever its options ask for.
/// Deviates: the slope and the ends of a row in place of skewness and kurtosis; λ is the one of least loss on the validation rows; without validation
/// that of the least generalised cross-validation for numbers (Golub, Heath and Wahba 1979), and of classes 1 over the number of rows.
/// </summary>
public sealed record LinearOnStatistics : Reference
{
    /// <summary>
    /// λ, in units of the variance of a standardised statistic; 0 or above. Null, the default: chosen, for numbers as by <see cref="Ridge"/>, for
    /// classes among 10^−5, 10^−4, … 1.
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
