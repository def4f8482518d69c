namespace MLNet.Sequence;

/// <summary>
/// How far forecasts are from the actual values: error measures over the same windows. Each is at least 0, and 0 means a perfect forecast.
/// </summary>
/// <remarks>
/// e = forecast − actual, in the data's own units. Every mean is over windows, steps and targets, and each term has the same weight. A
/// measure without any defined term is NaN.
/// </remarks>
public sealed class ForecastingScores
{
    internal ForecastingScores()
    {
    }

    /// <summary>MAE, the mean of |e|, in the unit of the targets; 0 to ∞.</summary>
    public double MeanAbsoluteError { get; internal init; }

    /// <summary>MSE, the mean of e², in the squared unit of the targets; 0 to ∞.</summary>
    public double MeanSquaredError { get; internal init; }

    /// <summary>RMSE, the square root of <see cref="MeanSquaredError"/>, in the unit of the targets; 0 to ∞.</summary>
    public double RootMeanSquaredError => Math.Sqrt(MeanSquaredError);

    /// <summary>
    /// MAPE in percent, 0 to ∞: 100 · the mean of |e| / |actual|. Actual values of 0 have no percentage and are left out of this measure only;
    /// NaN if all are 0. <see cref="ForecastingMetrics.Remarks"/> says how many they are.
    /// </summary>
    public double MeanAbsolutePercentageError { get; internal init; }

    /// <summary>
    /// WAPE in percent, 0 to ∞: 100 · the sum of |e| / the sum of |actual|; NaN if all actual values are 0. It is defined where single values are 0.
    /// </summary>
    public double WeightedAbsolutePercentageError { get; internal init; }

    /// <summary>
    /// RMSSE, without unit, 0 to ∞: the root of the mean of e² / scale, where scale is the mean (y_t − y_{t−m})² of the window's own series over its
    /// in-sample rows. Terms without a scale are left out of this measure only; NaN if there is none, or if scales were not given.
    /// </summary>
    /// <remarks>Source: Makridakis, Spiliotis and Assimakopoulos, "M5 accuracy competition", International Journal of Forecasting 38(4), 2022.</remarks>
    public double RootMeanSquaredScaledError { get; internal init; }

    /// <summary>The scores of the quantiles; null if the forecasts are single numbers, and for baselines.</summary>
    public QuantileScores? Quantiles { get; internal init; }

    /// <summary>
    /// sMAPE in percent, 0 to 200: 100 · the mean of 2|e| / (|actual| + |forecast|); a term is 0 if both values are 0.
    /// </summary>
    /// <remarks>
    /// Source: Makridakis, Spiliotis and Assimakopoulos, "The M4 Competition", International Journal of Forecasting 36(1),
    /// 2020. It says little about series with values around 0.
    /// </remarks>
    public double SymmetricMeanAbsolutePercentageError { get; internal init; }

    /// <summary>
    /// MASE, without unit, 0 to ∞: the mean of |e| / scale, where scale is the mean |y_t − y_{t−m}| of the window's own
    /// series over its in-sample rows and m is the seasonality. Below 1: better than a one-season-ahead seasonal naive
    /// forecast was in sample.
    /// </summary>
    /// <remarks>
    /// A term whose scale is 0 (a series that repeats itself exactly) or not a number (a series shorter than a season) is left out of this
    /// measure only. Source: Hyndman and Koehler, "Another look at measures of forecast accuracy",
    /// International Journal of Forecasting 22(4), 2006, section 3; pooled over series as in M4.
    /// </remarks>
    public double MeanAbsoluteScaledError { get; internal init; }

    /// <summary>
    /// Standardised MSE, without unit, 0 to ∞: the mean of (e / s)², where s is the standard deviation of the target over
    /// the training rows.
    /// </summary>
    /// <remarks>
    /// The measure that papers on long-horizon forecasting report, since Zhou et al., "Informer", AAAI 2021. A target whose s is 0 or
    /// unknown is left out of this measure only; NaN if no target has one.
    /// </remarks>
    public double StandardizedMeanSquaredError { get; internal init; }

    /// <summary>
    /// Standardised MAE, without unit, 0 to ∞: the mean of |e| / s, with s as in <see cref="StandardizedMeanSquaredError"/>.
    /// </summary>
    public double StandardizedMeanAbsoluteError { get; internal init; }
}
