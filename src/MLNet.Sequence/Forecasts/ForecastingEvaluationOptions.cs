using Microsoft.ML;

namespace MLNet.Sequence;

/// <summary>How forecasts are evaluated.</summary>
public sealed record ForecastingEvaluationOptions
{
    /// <summary>The number of steps in a season, for the seasonal naive forecast, MASE and RMSSE; at least 1. Default 1.</summary>
    public int Seasonality { get; init; } = 1;

    /// <summary>
    /// Rows whose seasonal changes scale MASE and RMSSE, usually the training rows, in the units of the scored rows; null, the default: the scored
    /// rows. With a time column, or with <see cref="References"/>, baselines also read them where they precede the scored rows; without a time column
    /// they are assumed to do so, and rows that both have are counted once.
    /// </summary>
    public IDataView? History { get; init; }

    /// <summary>The column that a forecaster's <c>Transform</c> wrote its predictions to. Default "Forecast".</summary>
    public string ForecastColumnName { get; init; } = "Forecast";

    /// <inheritdoc cref="ForecastingEvaluatorOptions.References"/>
    public IReadOnlyList<LocalModel> References { get; init => field = ValueList.Of(value); } = ValueList.Create<LocalModel>();
}
