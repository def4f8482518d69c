using Microsoft.ML;
using MLNet.Sequence.Backtests;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence;

/// <summary>Entry point: judging forecasters in time, in ML.NET's own catalog.</summary>
public static class ForecastingOperations
{
    extension(ForecastingCatalog catalog)
    {
        /// <summary>
        /// Splits rows in time, each series by itself: rows to train on, and the last steps, which begin with the <see cref="ForecastingOptions.Context"/>
        /// rows of history that their first forecast reads. Both are lazy views of the data: nothing is copied. The data is read once, to count
        /// the rows of each series.
        /// </summary>
        /// <param name="data">The rows; within a series in time order.</param>
        /// <param name="options">The options of the forecaster: series and time column, context and horizon.</param>
        /// <param name="testSteps">The number of last steps of each series to test on; at least the horizon.</param>
        /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type, or there are fewer test steps than the horizon.</exception>
        /// <exception cref="InvalidOperationException">
        /// A series is too short, times do not ascend, or the rows are a random part of the data; the message names the place.
        /// </exception>
        public DataOperationsCatalog.TrainTestData TrainTestSplit(IDataView data, ForecastingOptions options, int testSteps) =>
            Split(catalog, data, options).ByCount(Host(catalog), data, testSteps);

        /// <inheritdoc cref="TrainTestSplit(ForecastingCatalog, IDataView, ForecastingOptions, int)" path="/node()[not(self::param)]"/>
        /// <param name="data">The rows; within a series in time order.</param>
        /// <param name="options">The options of the forecaster: series and time column, context and horizon.</param>
        /// <param name="testFraction">The part of the steps of each series to test on, in (0, 1).</param>
        public DataOperationsCatalog.TrainTestData TrainTestSplit(IDataView data, ForecastingOptions options, double testFraction) =>
            Split(catalog, data, options).ByFraction(Host(catalog), data, testFraction);

        /// <inheritdoc cref="TrainTestSplit(ForecastingCatalog, IDataView, ForecastingOptions, int)" path="/node()[not(self::param)]"/>
        /// <param name="data">The rows; within a series in time order.</param>
        /// <param name="testSteps">The number of last steps of each series to test on; at least 1.</param>
        /// <param name="context">The rows of history before the first test row, as many as the forecaster sees; at least 1. Default 96.</param>
        /// <param name="timeColumnName">The time column, ascending within a series; null, the default: the rows are in time order.</param>
        /// <param name="seriesColumnName">The column that identifies the series; null, the default: all rows are one series.</param>
        public DataOperationsCatalog.TrainTestData TrainTestSplit(
            IDataView data, int testSteps, int context = 96, string? timeColumnName = null, string? seriesColumnName = null)
        {
            ArgumentNullException.ThrowIfNull(data);
            ArgumentOutOfRangeException.ThrowIfLessThan(context, 1);
            return new TimeSplit(new SeriesOrder(seriesColumnName, timeColumnName), context).ByCount(Host(catalog), data, testSteps);
        }

        /// <inheritdoc cref="TrainTestSplit(ForecastingCatalog, IDataView, ForecastingOptions, int)" path="/node()[not(self::param)]"/>
        /// <param name="data">The rows; within a series in time order.</param>
        /// <param name="testFraction">The part of the steps of each series to test on, in (0, 1). Default 0.1.</param>
        /// <param name="context">The rows of history before the first test row, as many as the forecaster sees; at least 1. Default 96.</param>
        /// <param name="timeColumnName">The time column, ascending within a series; null, the default: the rows are in time order.</param>
        /// <param name="seriesColumnName">The column that identifies the series; null, the default: all rows are one series.</param>
        public DataOperationsCatalog.TrainTestData TrainTestSplit(
            IDataView data, double testFraction = 0.1, int context = 96, string? timeColumnName = null, string? seriesColumnName = null)
        {
            ArgumentNullException.ThrowIfNull(data);
            ArgumentOutOfRangeException.ThrowIfLessThan(context, 1);
            return new TimeSplit(new SeriesOrder(seriesColumnName, timeColumnName), context).ByFraction(Host(catalog), data, testFraction);
        }

        /// <summary>
        /// Tests a forecaster in the past: for each fold the whole chain, with its transforms, is fitted on the rows before an origin, and the rows
        /// after it are forecast (rolling origin). Before anything is fitted, the rows are read once or twice: each series must have rows for all folds,
        /// and columns that know the test rows are refused.
        /// </summary>
        /// <param name="data">The rows; within a series in time order.</param>
        /// <param name="estimator">A forecaster (<c>ml.Forecasting.Trainers.Sequence</c>), or a chain that ends with one.</param>
        /// <param name="options">The folds; null: default options.</param>
        /// <exception cref="ArgumentException">The estimator does not end with a forecaster, or an option is out of range; the message lists all.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
        /// <exception cref="InvalidOperationException">
        /// A series has too few rows, times do not ascend, a column holds values of the test rows, or a fold cannot be trained on.
        /// </exception>
        /// <exception cref="OperationCanceledException">The backtest was cancelled.</exception>
        public BacktestResult Backtest(IDataView data, IEstimator<ITransformer> estimator, BacktestOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(data);
            ArgumentNullException.ThrowIfNull(estimator);
            return new BacktestRun(Host(catalog), data, estimator, options ?? new BacktestOptions()).Run();
        }

        /// <summary>Cross-validation in time: the folds of <see cref="Backtest"/>, fitted anew each, with its exceptions.</summary>
        /// <param name="data">The rows; within a series in time order.</param>
        /// <param name="estimator">A forecaster, or a chain that ends with one.</param>
        /// <param name="numberOfFolds">The number of folds; at least 1. Default 5.</param>
        /// <param name="seasonality">The number of steps in a season; at least 1. Default 1.</param>
        public IReadOnlyList<TrainCatalogBase.CrossValidationResult<ForecastingMetrics>> CrossValidate(
            IDataView data, IEstimator<ITransformer> estimator, int numberOfFolds = 5, int seasonality = 1) =>
            catalog.Backtest(data, estimator, new BacktestOptions { Folds = numberOfFolds, Seasonality = seasonality }).Folds;
    }

    private static TimeSplit Split(ForecastingCatalog catalog, IDataView data, ForecastingOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        return TimeSplit.For(options);
    }

    private static SequenceHost Host(ForecastingCatalog catalog) => new(SequenceHost.EnvironmentOf(catalog), nameof(ForecastingOperations));
}
