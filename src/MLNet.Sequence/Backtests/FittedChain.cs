using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Backtests;

/// <summary>Chains that end with a forecaster, as estimators and fitted.</summary>
internal static class FittedChain
{
    /// <summary>The forecaster at the end of an estimator.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static SequenceForecaster Forecaster(IEstimator<ITransformer> estimator)
    {
        // The last estimator of a chain is a field of a class with a type parameter.
        object? last = estimator;
        while (last?.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(EstimatorChain<>))
            last = type.GetField(nameof(EstimatorChain<ITransformer>.LastEstimator))!.GetValue(last);
        return last as SequenceForecaster ?? throw new ArgumentException(
            $"The estimator must be a forecaster (ml.Forecasting.Trainers.Sequence) or a chain that ends with one; found "
                + $"{(last is null ? "an empty chain" : last.GetType().Name)}.", nameof(estimator));
    }

    /// <summary>Fits a chain that ends with a forecaster, whose training a token stops.</summary>
    public static ITransformer Fit(IEstimator<ITransformer> estimator, IDataView rows, CancellationToken stop) =>
        Forecaster(estimator).FitWithin(estimator, rows, stop);

    /// <summary>The fitted forecaster at the end of a chain.</summary>
    public static ForecastingTransformer Forecaster(ITransformer fitted) => fitted as ForecastingTransformer
        ?? Forecaster(((IEnumerable<ITransformer>)fitted).Last());

    /// <summary>Scores rows; only those from an origin get a forecast.</summary>
    public static IDataView Score(ITransformer fitted, IDataView rows, Func<string?, long, bool> isOrigin) => fitted switch
    {
        ForecastingTransformer forecaster => forecaster.Transform(rows, isOrigin),
        IEnumerable<ITransformer> chain => chain.Aggregate(rows, (view, one) => Score(one, view, isOrigin)),
        _ => fitted.Transform(rows),
    };

    /// <summary>Rows as the forecaster sees them.</summary>
    public static IDataView Prepare(ITransformer fitted, IDataView rows) => fitted switch
    {
        ForecastingTransformer => rows,
        IEnumerable<ITransformer> chain => chain.Aggregate(rows, (view, one) => Prepare(one, view)),
        _ => fitted.Transform(rows),
    };
}
