using System.Globalization;
using System.Text;
using Microsoft.ML;

namespace MLNet.Sequence;

/// <summary>What a rolling origin showed: the errors of each fold and of all folds together.</summary>
public sealed class BacktestResult
{
    internal BacktestResult(IReadOnlyList<TrainCatalogBase.CrossValidationResult<ForecastingMetrics>> folds, ForecastingMetrics metrics) =>
        (Folds, Metrics) = (folds, metrics);

    /// <summary>
    /// The folds, the earliest first, in ML.NET's form: the model, its metrics, and the scored test rows, where only the origins have a forecast. If the
    /// chain was fitted once, all folds have the same model and the same scored rows. Models hold native memory: dispose them when they are no longer needed.
    /// </summary>
    public IReadOnlyList<TrainCatalogBase.CrossValidationResult<ForecastingMetrics>> Folds { get; }

    /// <summary>The metrics over the forecasts of all folds together.</summary>
    public ForecastingMetrics Metrics { get; }

    /// <summary>A line for each fold, and the table of all together, in the invariant culture.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (TrainCatalogBase.CrossValidationResult<ForecastingMetrics> fold in Folds)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"fold {fold.Fold + 1}: {fold.Metrics.Count} windows, MAE {fold.Metrics.MeanAbsoluteError:G5}, "
                + $"sMAPE {fold.Metrics.SymmetricMeanAbsolutePercentageError:G5} %, MASE {fold.Metrics.MeanAbsoluteScaledError:G5}");
        }

        return text.Append("all folds: ").Append(Metrics).ToString();
    }
}
