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
    internal ForecastingMetrics(ForecastingEvaluatorOptions options, ErrorSums sums, long leftOut)
    {
        Count = sums.Count;
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
