using MLNet.Sequence.Metrics;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence;

/// <summary>
/// The quality of forecasts over several targets and steps: overall, per target and per step of the horizon, together with the naive and
/// the seasonal naive forecast on the same windows.
/// </summary>
/// <remarks>
/// A window counts if all its forecasts and actual values are finite numbers; the other windows are left out completely.
/// <see cref="ForecastingScores"/> defines each measure.
/// </remarks>
[TypeFormatterSource(typeof(NotebookFormatters))]
public sealed class ForecastingMetrics : IReport
{
    private readonly ErrorSums _sums;

    internal ForecastingMetrics(ForecastingEvaluatorOptions options, ErrorSums sums, long leftOut)
    {
        (Count, _sums) = (sums.Count, sums);
        LeftOut = leftOut;
        Seasonality = options.Seasonality;
        Targets = [.. options.Targets];
        Overall = sums.Score(Range.All, Range.All);
        PerTarget = [.. Enumerable.Range(0, options.Targets.Count).Select(target => sums.Score(Range.All, target..(target + 1)))];
        PerStep = [.. Enumerable.Range(0, options.Horizon).Select(step => sums.Score(step..(step + 1), Range.All))];
    }

    /// <summary>The number of windows evaluated; at least 1.</summary>
    public long Count { get; }

    /// <summary>
    /// The number of windows left out because a value was missing: a forecast or an actual value; for
    /// <see cref="Naive"/> and <see cref="SeasonalNaive"/>, evaluated windows whose history does not yield that baseline.
    /// </summary>
    public long LeftOut { get; }

    /// <summary>
    /// The rows in a season, m, of the seasonal naive forecast and of the scale in
    /// <see cref="MeanAbsoluteScaledError"/>; 1 means no season.
    /// </summary>
    public int Seasonality { get; }

    /// <summary>The number of forecast steps per window; at least 1.</summary>
    public int Horizon => PerStep.Count;

    /// <summary>The names of the predicted channels, in the order of <see cref="PerTarget"/>.</summary>
    public IReadOnlyList<string> Targets { get; }

    /// <summary>The scores over all windows, steps and targets together.</summary>
    public ForecastingScores Overall { get; }

    /// <summary>The scores of each target over all windows and steps, in the order of <see cref="Targets"/>.</summary>
    public IReadOnlyList<ForecastingScores> PerTarget { get; }

    /// <summary>The scores of each step over all windows and targets; index 0 is the first row after the origin.</summary>
    public IReadOnlyList<ForecastingScores> PerStep { get; }

    /// <summary>
    /// The same metrics for the naive forecast, the last value repeated. Null if no window had a finite last value, and on the baselines themselves.
    /// </summary>
    public ForecastingMetrics? Naive { get; internal init; }

    /// <summary>
    /// The same metrics for the seasonal naive forecast, the last season repeated. Null if no window had a season of
    /// history, and on the baselines themselves.
    /// </summary>
    /// <remarks>
    /// A window with less than one season of history has no seasonal naive forecast. Then the <see cref="Count"/> here is smaller than the
    /// model's: the two are about different windows.
    /// </remarks>
    public ForecastingMetrics? SeasonalNaive { get; internal init; }

    /// <summary>
    /// The same metrics for the local models that were asked for, in their order; without those for which no window had a history.
    /// </summary>
    public IReadOnlyList<ReferenceMetrics> References { get; internal init; } = [];

    /// <summary>The scores of each series, in the order of their first windows; empty if the series were not named.</summary>
    public IReadOnlyList<SeriesScores> PerSeries => Series?.Value ?? [];

    /// <summary>The same, computed when it is asked for first; null: the series were not named.</summary>
    internal Lazy<IReadOnlyList<SeriesScores>>? Series { get; init; }

    /// <summary>
    /// OWA, without unit, 0 to ∞: the mean of sMAPE and MASE, each divided by that of <see cref="MLNet.Sequence.Naive2"/> on the same windows. Below 1:
    /// better than Naive2. NaN if Naive2 was not among the references or did not have a forecast for all windows, or if MASE is not defined.
    /// </summary>
    /// <remarks>Source: Makridakis, Spiliotis and Assimakopoulos, "The M4 Competition", International Journal of Forecasting 36(1), 2020.</remarks>
    public double OverallWeightedAverage => Naive2 is { } second && second.Count == Count
        ? (SymmetricMeanAbsolutePercentageError / second.SymmetricMeanAbsolutePercentageError + MeanAbsoluteScaledError / second.MeanAbsoluteScaledError) / 2
        : double.NaN;

    /// <summary>Which measures leave values out or are not defined, and why; empty if all are defined for all values.</summary>
    public IReadOnlyList<string> Remarks
    {
        get
        {
            List<string> remarks = [];
            long values = _sums.Values, zeros = _sums.Zeros, unscaled = _sums.Unscaled;
            if (zeros > 0)
            {
                remarks.Add(zeros == values
                    ? FormattableString.Invariant($"MAPE and WAPE are not defined: all {values} actual values are 0.")
                    : FormattableString.Invariant($"MAPE leaves out {zeros} of {values} actual values, which are 0."));
            }

            if (unscaled > 0)
            {
                string reason = FormattableString.Invariant($"in sample the series is not longer than a season ({Seasonality}), or repeats itself");
                remarks.Add(unscaled == values
                    ? $"MASE and RMSSE are not defined: {reason}."
                    : FormattableString.Invariant($"MASE and RMSSE leave out {unscaled} of {values} values: {reason}."));
            }

            return remarks;
        }
    }

    internal ForecastingMetrics? Naive2 { get; init; }

    /// <summary>How a measure is distributed over series.</summary>
    /// <param name="measure">The measure, as <c>scores => scores.MeanAbsoluteScaledError</c>.</param>
    /// <exception cref="InvalidOperationException">The series were not named.</exception>
    public SeriesDistribution AcrossSeries(Func<ForecastingScores, double> measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        return PerSeries.Count == 0
            ? throw new InvalidOperationException("The windows were evaluated without the names of their series: name the series column of the forecaster.")
            : SeriesDistribution.Of(PerSeries.Select(series => measure(series.Scores)));
    }

    /// <inheritdoc cref="ForecastingScores.MeanAbsoluteError"/>
    public double MeanAbsoluteError => Overall.MeanAbsoluteError;

    /// <inheritdoc cref="ForecastingScores.MeanSquaredError"/>
    public double MeanSquaredError => Overall.MeanSquaredError;

    /// <inheritdoc cref="ForecastingScores.RootMeanSquaredError"/>
    public double RootMeanSquaredError => Overall.RootMeanSquaredError;

    /// <inheritdoc cref="ForecastingScores.SymmetricMeanAbsolutePercentageError"/>
    public double SymmetricMeanAbsolutePercentageError => Overall.SymmetricMeanAbsolutePercentageError;

    /// <inheritdoc cref="ForecastingScores.MeanAbsoluteScaledError"/>
    public double MeanAbsoluteScaledError => Overall.MeanAbsoluteScaledError;

    /// <inheritdoc cref="ForecastingScores.StandardizedMeanSquaredError"/>
    public double StandardizedMeanSquaredError => Overall.StandardizedMeanSquaredError;

    /// <inheritdoc cref="ForecastingScores.StandardizedMeanAbsoluteError"/>
    public double StandardizedMeanAbsoluteError => Overall.StandardizedMeanAbsoluteError;

    ReportContent IReport.Content => MetricsContent.Of(this);

    /// <summary>
    /// An aligned table in the invariant culture: the model, the baselines, and the targets and steps (an even selection if there are many).
    /// </summary>
    public override string ToString() => ForecastingTable.Print(this);
}

/// <summary>How well a baseline, fitted to the history of each window, forecasts the windows of the evaluated model.</summary>
/// <param name="Name">The baseline, such as "Theta".</param>
/// <param name="Metrics">All errors of the baseline, in the units of the model's own.</param>
public sealed record ReferenceMetrics(string Name, ForecastingMetrics Metrics);
