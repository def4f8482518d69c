using System.Text.Json.Serialization;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>
/// Conformal prediction intervals of forecasts: a lower and an upper bound for each step ahead and target, between which the actual value lies with
/// a stated probability, whatever the model and the distribution of its errors. The widths are calibrated on the validation windows: for each step
/// and target, the distance of the bounds from the forecast is the ⌈(n + 1) · level⌉-th smallest of the n errors, in the scale of the window.
/// </summary>
/// <remarks>
/// Split conformal prediction: Lei et al., "Distribution-free predictive inference for regression", 2018; of quantiles: Romano, Patterson and Candès,
/// "Conformalized quantile regression", 2019. If validation windows and later ones are exchangeable, the probability is at least the level and at most
/// 1 / (n + 1) above it. Rows in time seldom are: check the coverage with a backtest, or let the widths adapt (<see cref="AdaptationRate"/>).
/// </remarks>
public sealed record ForecastIntervals
{
    /// <summary>The probability that an actual value lies between its bounds; in (0, 1). Default 0.95.</summary>
    public double ConfidenceLevel { get; init; } = 0.95;

    /// <summary>The name of the column of lower bounds, Vector&lt;Single&gt; of horizon × targets, step by step. Default "LowerBound".</summary>
    [JsonPropertyName("lowerBoundColumn")]
    public string LowerBoundColumnName { get; init; } = "LowerBound";

    /// <summary>The name of the column of upper bounds, in the same form. Default "UpperBound".</summary>
    [JsonPropertyName("upperBoundColumn")]
    public string UpperBoundColumnName { get; init; } = "UpperBound";

    /// <summary>
    /// γ of adaptive conformal inference (Gibbs and Candès, "Adaptive conformal inference under distribution shift", 2021); in [0, 1). After each
    /// step of a series, the miscoverage rate that the next intervals aim at moves by γ · (1 − <see cref="ConfidenceLevel"/> − miss), where
    /// miss is 1 if the value was outside of its bounds and otherwise 0; for each step ahead and target by itself. So the intervals become wider after
    /// misses, and over T steps their coverage is within about 1 / (γ T) of the level, whatever happens to the series. A usual rate is 0.005 to 0.05.
    /// Default 0: widths stay as they were calibrated.
    /// </summary>
    /// <remarks>
    /// It adapts where forecasts of one series follow each other: in <c>Transform</c>, in sessions, in engines and in <c>Forecast</c> of a history of
    /// rows. A series begins with the calibrated widths. If nearly all of the last values were outside, the bounds are infinite, as in the paper.
    /// Not for quantiles.
    /// </remarks>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double AdaptationRate { get; init; }

    /// <summary>
    /// The widths, relative to those at the level, that cover 0, 0.5, 1, … 100 percent of the validation errors. Set by training if the intervals
    /// adapt; null, the default, before and otherwise.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? RelativeWidths { get; init => field = ValueList.Of(value); }

    /// <summary>The levels of the two bounds as quantiles, and of the forecast between them.</summary>
    internal double[] Levels => [(1 - ConfidenceLevel) / 2, 0.5, (1 + ConfidenceLevel) / 2];

    /// <summary>The number of errors below which the widest of them is not wide enough.</summary>
    internal long FewestErrors => (long)Math.Ceiling(ConfidenceLevel / (1 - ConfidenceLevel) - 1e-9);

    /// <summary>The problems of these intervals, one sentence each.</summary>
    /// <param name="task">The horizon, the number of targets and the levels of quantiles, if there are any.</param>
    internal IEnumerable<string> Problems((int Horizon, int Targets, IReadOnlyList<double>? Levels) task)
    {
        var problems = new Problems("Intervals: ");
        problems.Need(ConfidenceLevel > 0 && ConfidenceLevel < 1, $"ConfidenceLevel must be above 0 and below 1; found {ConfidenceLevel}.");
        problems.Need(AdaptationRate >= 0 && AdaptationRate < 1, $"AdaptationRate must be in [0, 1); found {AdaptationRate}.");
        problems.Need(!string.IsNullOrEmpty(LowerBoundColumnName) && !string.IsNullOrEmpty(UpperBoundColumnName) && LowerBoundColumnName
            != UpperBoundColumnName, $"LowerBoundColumnName and UpperBoundColumnName must be two names; found '{LowerBoundColumnName}' and "
            + $"'{UpperBoundColumnName}'.");
        problems.Need(AdaptationRate == 0 || task.Levels is null, $"Quantiles do not adapt: leave AdaptationRate at 0, or forecast points.");
        problems.Need(AdaptationRate == 0 || (long)task.Horizon * task.Horizon * task.Targets <= AdaptiveBounds.MostPending,
            $"AdaptationRate keeps the last {task.Horizon} forecasts of each series; at most {AdaptiveBounds.MostPending} values are kept: shorten the "
                + $"Horizon.");
        problems.Need(RelativeWidths is not { } widths || widths.All(width => width >= 0) && widths.Zip(widths.Skip(1)).All(pair => pair.First <= pair.Second),
            $"RelativeWidths are set by training, and ascend from 0: leave them out.");
        if (task.Levels is { } levels && ConfidenceLevel > 0 && ConfidenceLevel < 1)
        {
            problems.Need(PlacesIn(levels) is not null, $"The quantiles of the levels {Levels[0]:G6} and {Levels[^1]:G6} must be among those of the Output, "
                + $"since they are the bounds of ConfidenceLevel {ConfidenceLevel}; found {string.Join(", ", levels)}.");
        }

        return problems;
    }

    /// <summary>The indices of the two bounds among the levels of quantiles; null if they are not among them.</summary>
    internal (int Lower, int Upper)? PlacesIn(IReadOnlyList<double> levels)
    {
        int Place(double level) => Enumerable.Range(0, levels.Count).FirstOrDefault(i => Math.Abs(levels[i] - level) < 1e-9, -1);
        return (Place(Levels[0]), Place(Levels[^1])) is ( >= 0, >= 0) places ? places : null;
    }
}
