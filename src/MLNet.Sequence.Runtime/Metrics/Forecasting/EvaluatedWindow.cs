namespace MLNet.Sequence;

/// <summary>The forecast of a window, and what it is compared with.</summary>
public readonly ref struct EvaluatedWindow
{
    /// <summary>Makes a window without forecast.</summary>
    public EvaluatedWindow()
    {
    }

    /// <summary>
    /// [horizon × targets], step after step; with <see cref="ForecastingEvaluatorOptions.Levels"/> [horizon × levels × targets]: the quantiles of a
    /// step together.
    /// </summary>
    public required ReadOnlySpan<double> Forecast { get; init; }

    /// <summary>The actual values, [horizon × targets], in the same unit.</summary>
    public required ReadOnlySpan<double> Actual { get; init; }

    /// <summary>
    /// [n × targets]: the window's series up to and including the row of the forecast's origin, from which the baselines are computed. Naive
    /// forecasts read its last season, <see cref="ForecastingEvaluatorOptions.References"/> all of it. Default empty: no baseline.
    /// </summary>
    public ReadOnlySpan<double> History { get; init; } = [];

    /// <summary>
    /// [targets]: the <see cref="ForecastingEvaluator.SeasonalScale(ReadOnlySpan{double}, int)"/> of each target over the in-sample rows of the
    /// series, for MASE. One that is 0 or not finite is left out. Default empty: none.
    /// </summary>
    public ReadOnlySpan<double> Scale { get; init; } = [];

    /// <summary>
    /// [targets]: the <see cref="ForecastingEvaluator.SeasonalSquaredScale(ReadOnlySpan{double}, int)"/> of each target, for RMSSE; as
    /// <see cref="Scale"/>.
    /// </summary>
    public ReadOnlySpan<double> SquaredScale { get; init; } = [];

    /// <summary>The series of the window, for scores per series; null, the default: there is one series.</summary>
    public string? Series { get; init; }
}
