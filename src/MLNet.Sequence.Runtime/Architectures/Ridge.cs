using System.Globalization;

namespace MLNet.Sequence;

/// <summary>
/// Least squares on the last k steps of all channels, with a penalty on large weights (Hoerl and Kennard, "Ridge regression", 1970):
/// min mean ‖y − b − W x‖² + λ ‖W‖² of standardised x and y, solved in double from sums over all training examples. With one channel it is
/// an autoregression of order k. Besides forecasts, it predicts the numbers of rows, and next steps that are real numbers. A forecaster's windows
/// are normalised if <c>Normalization</c> is given, not by default; with <see cref="WindowNormalization.MeanAndDeviation"/> the errors of
/// each target in window i are weighted by that target's variance s_i² there, so that min mean s_i² ‖y_i − b − W x_i‖² is of errors in the units
/// of the series. Receptive field k; the whole context if a mean or deviation of it is used.
/// Deviates: one λ for all outputs, the one with the least squared error on the validation rows; without validation, the one with the least
/// generalised cross-validation (Golub, Heath and Wahba 1979).
/// </summary>
public sealed record Ridge : Reference
{
    /// <summary>k, the number of inputs seen, the present one included; at least 1. Null, the default: the context.</summary>
    public int? Lags { get; init; }

    /// <summary>
    /// λ, in units of the variance of a standardised input; 0, least squares, or above. Null, the default: chosen among 0 and
    /// 10^−6, 10^−5.5, …, 10^3.
    /// </summary>
    public double? Penalty { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        foreach (string problem in AtLeast(1, Lags ?? 1, nameof(Lags)))
            yield return problem;
        if (Penalty is { } penalty && !(penalty >= 0 && double.IsFinite(penalty)))
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(Penalty)} must be 0 or above; found {penalty}.");
    }

    /// <summary>Least squares of normalised windows, whose errors count in the units of the series.</summary>
    internal override WindowNormalization Normalization(WindowNormalization? asked) => asked ?? WindowNormalization.None;

    internal override int Steps(int context) => Lags ?? context;
}
