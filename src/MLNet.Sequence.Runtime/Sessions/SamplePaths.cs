namespace MLNet.Sequence;

/// <summary>
/// How many possible futures are drawn from a forecaster of distributions (<see cref="Forecasting.Distribution"/>), and what is told of them. A path
/// is drawn step by step: a value of the next step from its distribution, which then is part of the series from which the step after it is forecast
/// (ancestral sampling; Salinas et al., "DeepAR", 2020, section 3.1).
/// </summary>
/// <param name="Count">The number of paths; at least 1. Default 200.</param>
/// <param name="Seed">
/// The seed: the same seed gives the same paths, on any machine and any number of cores. Series with different keys have different ones. Default 1.
/// </param>
public sealed record SamplePaths(int Count = 200, long Seed = 1)
{
    /// <summary>
    /// The share of paths between the lower and the upper bound of a table of forecasts; in (0, 1). Default 0.95, which needs at least 39 paths.
    /// </summary>
    public double ConfidenceLevel { get; init; } = 0.95;

    /// <summary>The levels of the quantiles in a table of forecasts, ascending, each in (0, 1). Default none.</summary>
    public IReadOnlyList<double> Levels { get; init => field = ValueList.Of(value ?? []); } = ValueList.Create<double>();

    /// <summary>The levels of the two bounds.</summary>
    internal (double Lower, double Upper) Bounds => ((1 - ConfidenceLevel) / 2, (1 + ConfidenceLevel) / 2);

    /// <exception cref="ArgumentException">Lists all problems.</exception>
    internal void Validate(bool isForTable)
    {
        var problems = new Problems();
        problems.Need(Count >= 1, $"{nameof(Count)} must be at least 1; found {Count}.");
        problems.Need(ConfidenceLevel > 0 && ConfidenceLevel < 1, $"{nameof(ConfidenceLevel)} must be above 0 and below 1; found {ConfidenceLevel}.");
        problems.AddRange(ForecastOutput.Quantiles([.. Levels]).Problems());
        if (isForTable && problems.Count == 0)
        {
            // The quantile of paths at a level lies between two of them.
            int needed = Levels.Append(Bounds.Lower).Max(Fewest);
            problems.Need(Count >= needed, $"{nameof(Count)} must be at least {needed}, since the outer quantiles and bounds lie beyond fewer paths; found "
                + $"{Count}.");
        }

        problems.ThrowIfAny("The options of sample paths are wrong.");
    }

    /// <summary>The fewest paths between which the quantile of a level lies.</summary>
    internal static int Fewest(double level) => (int)Math.Min(int.MaxValue, Math.Ceiling(1 / Math.Min(level, 1 - level) - 1 - 1e-9));
}
