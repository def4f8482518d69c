using Microsoft.ML;
using MLNet.Sequence.Backtests;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tuning;

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
            Split(catalog, data, options).ByCount(Host(catalog), Arranged(catalog, data, options), testSteps);

        /// <inheritdoc cref="TrainTestSplit(ForecastingCatalog, IDataView, ForecastingOptions, int)" path="/node()[not(self::param)]"/>
        /// <param name="data">The rows; within a series in time order.</param>
        /// <param name="options">The options of the forecaster: series and time column, context and horizon.</param>
        /// <param name="testFraction">The part of the steps of each series to test on, in (0, 1).</param>
        public DataOperationsCatalog.TrainTestData TrainTestSplit(IDataView data, ForecastingOptions options, double testFraction) =>
            Split(catalog, data, options).ByFraction(Host(catalog), Arranged(catalog, data, options), testFraction);

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
            return new TimeSplit(new SeriesOrder(seriesColumnName, timeColumnName), _ => context).ByCount(Host(catalog), data, testSteps);
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
            return new TimeSplit(new SeriesOrder(seriesColumnName, timeColumnName), _ => context).ByFraction(Host(catalog), data, testFraction);
        }

        /// <summary>
        /// The rows as a forecaster with these options reads them: sorted (<see cref="ForecastingOptions.Sort"/>), and combined to the steps of its
        /// frequency (<see cref="ForecastingOptions.Resample"/>). For looking at them, and for transforms before the forecaster that need the steps. A
        /// lazy view: each cursor reads all rows and keeps the requested columns. With neither option, the rows themselves.
        /// </summary>
        /// <param name="data">The rows, in any order if they are sorted.</param>
        /// <param name="options">The options of the forecaster.</param>
        /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type, or has no mean or sum.</exception>
        public IDataView Arrange(IDataView data, ForecastingOptions options)
        {
            ArgumentNullException.ThrowIfNull(catalog);
            ArgumentNullException.ThrowIfNull(data);
            ArgumentNullException.ThrowIfNull(options);
            return Arranged(catalog, data, options);
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

    extension(ForecastingCatalog catalog)
    {
        /// <summary>
        /// Searches for a forecaster: trials draw their settings at random, the best of them are trained longer and longer, and the winner is fitted on
        /// all rows. Trials are judged in time, on the folds of a <see cref="Backtest"/>; rows after the data, for a final test, are never seen.
        /// </summary>
        /// <param name="data">The rows; within a series in time order.</param>
        /// <param name="options">The columns, the horizon and how each model is trained; what the space varies is replaced.</param>
        /// <param name="space">What varies; null: default ranges.</param>
        /// <param name="search">Trials, time and validation; null: default options.</param>
        /// <exception cref="ArgumentException">An option or range is wrong; the message lists all problems.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
        /// <exception cref="InvalidOperationException">No trial could be trained; the message says why.</exception>
        /// <exception cref="FormatException">The file of results is of another search, or damaged.</exception>
        /// <exception cref="IOException">The file of results cannot be written.</exception>
        /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
        public TuneReport Tune(IDataView data, ForecastingOptions options, SearchSpace? space = null, TuneOptions? search = null)
        {
            ArgumentNullException.ThrowIfNull(data);
            ArgumentNullException.ThrowIfNull(options);
            return new TuneRun(Host(catalog), data, (options, space ?? new SearchSpace()), search ?? new TuneOptions()).Run();
        }
    }

    extension(ForecastingCatalog catalog)
    {
        /// <summary>
        /// Makes a detector of anomalies from a forecaster: rows that it did not expect. Part of the rows is kept from training, to measure how large
        /// residuals usually are.
        /// </summary>
        /// <param name="forecaster">The forecaster: <c>ml.Forecasting.Trainers.Sequence</c>. A horizon of 1 is enough.</param>
        /// <param name="options">The confidence and the calibration rows; null: default options.</param>
        /// <exception cref="ArgumentException">An option is out of range; the message lists all.</exception>
        public AnomalyDetector DetectAnomalies(SequenceForecaster forecaster, AnomalyOptions? options = null) =>
            new(Host(catalog), forecaster, options ?? new AnomalyOptions());

        /// <summary>Makes a detector of anomalies from a fitted forecaster and rows that it was not trained on.</summary>
        /// <param name="model">The forecaster; the detector owns it.</param>
        /// <param name="calibration">Rows without anomalies, with their context of history.</param>
        /// <param name="options">The confidence; null: default options.</param>
        /// <exception cref="ArgumentException">An option is out of range; the message lists all.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
        /// <exception cref="InvalidOperationException">There are too few residuals for the confidence.</exception>
        public AnomalyTransformer DetectAnomalies(ForecastingTransformer model, IDataView calibration, AnomalyOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(calibration);
            options ??= new AnomalyOptions();
            options.Validate();
            return AnomalyTransformer.Calibrated(Host(catalog), model, calibration, options);
        }
    }

    extension(ForecastingCatalog catalog)
    {
        /// <summary>
        /// Which inputs a forecaster uses, and how far back: how much its error grows if values of a window are those of another one. Lags are taken one by
        /// one where they are near, and in groups of 2, 4, 8, … further back. Inputs that say the same stand in for each other: each then shows less.
        /// </summary>
        /// <param name="model">The forecaster; not one that carries its state.</param>
        /// <param name="data">Rows that it was not trained on, at least two windows of a series.</param>
        /// <param name="permutations">How often each is permuted; at least 1. Default 3.</param>
        /// <param name="windows">The maximum number of windows, spread evenly over the rows; at least 2. Default 1000.</param>
        /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type, or a number is out of range.</exception>
        /// <exception cref="InvalidOperationException">There are too few rows, or the model carries its state.</exception>
        public LagImportanceReport PermutationFeatureImportance(ForecastingTransformer model, IDataView data, int permutations = 3, int windows = 1000)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(data);
            ArgumentOutOfRangeException.ThrowIfLessThan(permutations, 1);
            ArgumentOutOfRangeException.ThrowIfLessThan(windows, 2);
            return LagImportances.Run(Host(catalog), model, data, (permutations, windows));
        }
    }

    private static TimeSplit Split(ForecastingCatalog catalog, IDataView data, ForecastingOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        return TimeSplit.For(Host(catalog), options);
    }

    private static IDataView Arranged(ForecastingCatalog catalog, IDataView data, ForecastingOptions options)
    {
        if (!options.Sort && options.Resample == Resampling.None)
            return data;
        SequenceHost host = Host(catalog);
        return ArrangedView.Of(host, data, new ForecastingColumns(host).Bind(data.Schema, options with { Calendar = null }));
    }

    private static SequenceHost Host(ForecastingCatalog catalog) => new(SequenceHost.EnvironmentOf(catalog), nameof(ForecastingOperations));
}
