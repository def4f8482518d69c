namespace MLNet.Sequence;

/// <summary>What a <see cref="ForecastingEvaluator"/> must know before the first window.</summary>
public sealed record ForecastingEvaluatorOptions
{
    /// <summary>The names of the targets, one per column of a window; at least one.</summary>
    public required IReadOnlyList<string> Targets { get; init => field = ValueList.Of(value); }

    /// <summary>The number of forecast steps per window; at least 1.</summary>
    public required int Horizon { get; init; }

    /// <summary>The rows in a season, m; at least 1. The default, 1, means no season: seasonal naive is then naive.</summary>
    public int Seasonality { get; init; } = 1;

    /// <summary>
    /// The standard deviation of each target over the training rows, in its own unit, for the standardised errors. Empty (the default) if
    /// they are not known: the standardised errors are then NaN. A target whose value is 0 or not finite is left out of them.
    /// </summary>
    public IReadOnlyList<double> StandardDeviations { get; init => field = ValueList.Of(value); } = ValueList.Create<double>();

    /// <summary>
    /// The levels of forecasts that are quantiles, ascending, each in (0, 1); where one number is needed, the one nearest to ½ is used. Empty, the
    /// default: a forecast is one number for each step and target.
    /// </summary>
    public IReadOnlyList<double> Levels { get; init => field = ValueList.Of(value); } = ValueList.Create<double>();

    /// <summary>
    /// Local models to which the forecasts are compared, each fitted to the history of each window: a millisecond for <see cref="Theta"/>, up to a
    /// second for <see cref="ExponentialSmoothing"/>. <see cref="ForecastingMetrics.OverallWeightedAverage"/> needs <see cref="Naive2"/>. Default none.
    /// </summary>
    public IReadOnlyList<LocalModel> References { get; init => field = ValueList.Of(value); } = ValueList.Create<LocalModel>();

    internal void Validate()
    {
        var problems = new List<string>();
        if (Targets is not { Count: > 0 })
            problems.Add("Targets must name at least one target.");
        if (Horizon < 1)
            problems.Add($"Horizon must be at least 1, but is {Horizon}.");
        if (Levels is { Count: > 0 })
            problems.AddRange(ForecastOutput.Quantiles([.. Levels]).Problems());
        problems.AddRange((References ?? []).SelectMany(model => model.Problems()));
        if (Seasonality < 1)
            problems.Add($"Seasonality must be at least 1, but is {Seasonality}.");
        if (StandardDeviations is null)
            problems.Add("StandardDeviations must not be null; leave it empty where they are not known.");
        else if (Targets is not null && StandardDeviations.Count != 0 && StandardDeviations.Count != Targets.Count)
            problems.Add($"StandardDeviations must hold one value per target ({Targets.Count}) or none, but holds {StandardDeviations.Count}.");
        if (problems.Count > 0)
            throw new ArgumentException(string.Join(' ', problems));
    }
}
