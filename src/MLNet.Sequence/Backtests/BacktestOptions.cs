using System.Globalization;

namespace MLNet.Sequence;

/// <summary>The folds of a backtest: forecasts from origins in the past, by models that do not know what came after.</summary>
/// <remarks>
/// The last fold tests the last <see cref="TestSteps"/> rows of each series, and each fold before it as many rows <see cref="Stride"/> rows earlier.
/// </remarks>
public sealed record BacktestOptions
{
    /// <summary>The number of folds; at least 1. Default 5.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>
    /// The test rows of each series in a fold; at least the horizon. A fold has one forecast of a series more for each row more. Null, the default:
    /// the horizon, so that each fold has one forecast of each series.
    /// </summary>
    public int? TestSteps { get; init; }

    /// <summary>
    /// The rows between the origins of neighbouring folds; at least 1, and so many that folds share no forecast. Null, the default:
    /// <see cref="TestSteps"/>.
    /// </summary>
    public int? Stride { get; init; }

    /// <summary>
    /// The number of rows of each series that a fold trains on, the last ones before its test rows: a sliding window; at least context + horizon.
    /// Null, the default: all rows before them, an expanding window.
    /// </summary>
    public int? TrainingSteps { get; init; }

    /// <summary>
    /// Whether the whole chain is fitted anew for each fold, its transforms included. False: it is fitted once, on the rows before the first fold, and
    /// scores all folds in one pass. Default true.
    /// </summary>
    public bool Refit { get; init; } = true;

    /// <summary>The number of steps in a season, for the seasonal naive forecast, MASE and RMSSE; at least 1. Default 1.</summary>
    public int Seasonality { get; init; } = 1;

    /// <inheritdoc cref="ForecastingEvaluatorOptions.References"/>
    public IReadOnlyList<LocalModel> References { get; init => field = ValueList.Of(value); } = ValueList.Create<LocalModel>();

    /// <summary>
    /// The column of the data that identifies the series; null, the default: that of the forecaster. Needed if a transform of the chain makes the
    /// forecaster's column.
    /// </summary>
    public string? SeriesColumnName { get; init; }

    /// <summary>The time column of the data; null, the default: that of the forecaster.</summary>
    public string? TimeColumnName { get; init; }

    /// <summary>
    /// The number of folds whose forecasters are trained at the same time, at least 1; the results are the same: the transforms of a chain, which may
    /// draw random numbers, are fitted one after the other before. Null, the default: the number of cores, and 1 on a GPU and for a chain with a cache.
    /// </summary>
    public int? FoldsAtOnce { get; init; }

    /// <summary>Ends the backtest. Default: never.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <exception cref="ArgumentException">Lists all problems.</exception>
    internal void Validate(ForecastingOptions forecaster)
    {
        var problems = new Problems();
        int tested = TestSteps ?? forecaster.Horizon, shared = tested - forecaster.Horizon + 1, least = (forecaster.Context ?? 1) + forecaster.Horizon;
        string Found(int? value) => string.Create(CultureInfo.InvariantCulture, $"found {value}");
        problems.Need(Folds >= 1, $"{nameof(Folds)} must be at least 1; {Found(Folds)}.");
        problems.Need(tested >= forecaster.Horizon, $"{nameof(TestSteps)} must be at least Horizon, {forecaster.Horizon}; {Found(TestSteps)}.");
        problems.Need((Stride ?? tested) >= Math.Max(1, shared),
            $"{nameof(Stride)} must be at least {Math.Max(1, shared)}, so that folds share no forecast; {Found(Stride)}.");
        problems.Need(TrainingSteps is null || TrainingSteps >= least,
            $"{nameof(TrainingSteps)} must be at least Context + Horizon, {least}; {Found(TrainingSteps)}.");
        problems.Need(Seasonality >= 1, $"{nameof(Seasonality)} must be at least 1; {Found(Seasonality)}.");
        problems.Need(FoldsAtOnce is null or >= 1, $"{nameof(FoldsAtOnce)} must be at least 1; {Found(FoldsAtOnce)}.");
        problems.AddRange(References.SelectMany(model => model.Problems()));
        if (Refit && forecaster.ValidationSet is not null)
        {
            problems.Need(false, $"{nameof(ForecastingOptions)}.{nameof(ForecastingOptions.ValidationSet)} must be null: it would be the same in all folds "
                + $"and could hold their test rows. Validate on the last part of the training rows (Training.ValidationFraction).");
        }

        problems.Need(forecaster.Training.WarmStart is null, $"Training.WarmStart must be null: the model could have been trained on the test rows of a fold.");
        problems.Need(forecaster.Training is { Checkpoints: null, ResumeFrom: null, TensorBoardDirectory: null },
            $"Training.Checkpoints, ResumeFrom and TensorBoardDirectory must be null: all folds would use the same folder.");
        problems.ThrowIfAny("The options of the backtest are wrong.");
    }
}
