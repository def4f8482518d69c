using Microsoft.ML;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Rows;

namespace MLNet.Sequence;

/// <summary>Entry point: sequence models in ML.NET's own catalogs.</summary>
public static class SequenceCatalog
{
    extension(MLContext context)
    {
        /// <summary>Operations on sequence models for which ML.NET has no catalog.</summary>
        public SequenceOperations Sequence => new(context);

        /// <summary>Operations on sequence models for which ML.NET has no catalog, for languages that have no extension properties.</summary>
        public SequenceOperations SequenceOperations() => new(context);
    }

    extension(ForecastingCatalog.Forecasters trainers)
    {
        /// <summary>Makes a trainer of a sequence model that forecasts one or many series.</summary>
        /// <param name="architecture">The sequence model's hyper-parameters, as <c>new Tcn { Channels = 32 }</c>.</param>
        /// <param name="options">The columns to forecast, the columns to read, and how the model is trained.</param>
        /// <exception cref="ArgumentException">Lists every problem with the options and the architecture.</exception>
        public SequenceForecaster Sequence(Architecture architecture, ForecastingOptions options) =>
            new(SequenceHost.EnvironmentOf(trainers), architecture, options);

        /// <summary>Makes a forecaster of one column with default options.</summary>
        /// <param name="architecture">The sequence model's hyper-parameters.</param>
        /// <param name="target">The column to forecast.</param>
        /// <param name="context">The number of steps that the model sees; at least 2. Default 96.</param>
        /// <param name="horizon">The number of steps that it forecasts; at least 1. Default 24.</param>
        /// <exception cref="ArgumentException">Lists every problem with context, horizon and the architecture.</exception>
        public SequenceForecaster Sequence(Architecture architecture, string target, int context = 96, int horizon = 24) =>
            trainers.Sequence(architecture, new ForecastingOptions { Targets = [target], Context = context, Horizon = horizon });

        /// <summary>Makes a forecaster of several columns, or of several series, with default options.</summary>
        /// <param name="architecture">The sequence model's hyper-parameters.</param>
        /// <param name="targetColumnNames">The columns to forecast; at least one.</param>
        /// <param name="timeColumnName">The time column, ascending within a series; null, the default: the rows are in time order.</param>
        /// <param name="seriesColumnName">The column that identifies the series; null, the default: all rows are one series.</param>
        /// <param name="knownInputColumnNames">Columns whose values are known for the steps ahead; null, the default: none.</param>
        /// <param name="context">The number of steps that the model sees; at least 2. Default 96.</param>
        /// <param name="horizon">The number of steps that it forecasts; at least 1. Default 24.</param>
        /// <exception cref="ArgumentException">Lists every problem with the columns, context, horizon and the architecture.</exception>
        public SequenceForecaster Sequence(Architecture architecture, IReadOnlyList<string> targetColumnNames, string? timeColumnName = null,
            string? seriesColumnName = null, IReadOnlyList<string>? knownInputColumnNames = null, int context = 96, int horizon = 24) =>
            trainers.Sequence(architecture, new ForecastingOptions
            {
                Targets = targetColumnNames,
                TimeColumnName = timeColumnName,
                SeriesColumnName = seriesColumnName,
                KnownInputs = knownInputColumnNames ?? [],
                Context = context,
                Horizon = horizon,
            });
    }

    extension(TransformsCatalog transforms)
    {
        /// <summary>Makes windows of time steps, for trainers of any kind.</summary>
        /// <param name="options">The columns, the number of steps in a window, and the label.</param>
        /// <exception cref="ArgumentException">Lists every problem with the options.</exception>
        public SlidingWindowEstimator SlidingWindow(SlidingWindowOptions options) => new(SequenceHost.EnvironmentOf(transforms), options);

        /// <summary>Makes windows of one column: <c>Features</c> holds its last steps, <c>Label</c> a later value.</summary>
        /// <param name="column">The column: a number.</param>
        /// <param name="context">The number of steps in a window; at least 1. Default 96.</param>
        /// <param name="horizon">The number of steps from the window to its label; at least 0. Default 1.</param>
        public SlidingWindowEstimator SlidingWindow(string column, int context = 96, int horizon = 1) =>
            transforms.SlidingWindow(new SlidingWindowOptions { Columns = [column], LabelColumnName = column, Context = context, Horizon = horizon });
    }

    extension(MulticlassClassificationCatalog.MulticlassClassificationTrainers trainers)
    {
        /// <summary>Makes a trainer of a sequence model that predicts one of several classes for each row. A row holds a whole sequence.</summary>
        /// <param name="architecture">The sequence model's hyper-parameters, as <c>new Lstm { HiddenSize = 64 }</c>.</param>
        /// <param name="options">The columns to read, and how the model is trained.</param>
        /// <exception cref="ArgumentException">Lists every problem with the options and the architecture.</exception>
        public SequenceTrainer Sequence(Architecture architecture, SequenceOptions options) =>
            new(SequenceHost.EnvironmentOf(trainers), architecture, options, new MulticlassGoal());

        /// <summary>Makes a trainer of rows that hold a sequence, with default options.</summary>
        /// <param name="architecture">The sequence model's hyper-parameters.</param>
        /// <param name="labelColumnName">The column to predict: a key. Default "Label".</param>
        /// <param name="featureColumnName">The column of sequences: vectors of numbers or of keys. Default "Features".</param>
        public SequenceTrainer Sequence(Architecture architecture, string labelColumnName = "Label", string featureColumnName = "Features") =>
            trainers.Sequence(architecture, new SequenceOptions { LabelColumnName = labelColumnName, FeatureColumnName = featureColumnName });

        /// <summary>Makes a trainer of a sequence model that predicts one of several tags for each step of a row's sequence.</summary>
        /// <param name="architecture">The sequence model's hyper-parameters, as <c>new Lstm { HiddenSize = 64 }</c>.</param>
        /// <param name="options">The columns to read, and how the model is trained.</param>
        /// <exception cref="ArgumentException">Lists every problem with the options and the architecture.</exception>
        public SequenceTrainer SequenceTagger(Architecture architecture, SequenceTaggerOptions options)
        {
            ArgumentNullException.ThrowIfNull(options);
            return new(SequenceHost.EnvironmentOf(trainers), architecture, options.ToSequenceOptions(), new TaggingGoal(options.Decoding));
        }

        /// <summary>Makes a trainer that tags each step of a sequence, with default options.</summary>
        /// <param name="architecture">The sequence model's hyper-parameters.</param>
        /// <param name="labelColumnName">The column of tags: vectors of keys, as long as the sequences. Default "Label".</param>
        /// <param name="featureColumnName">The column of sequences: vectors of numbers or of keys. Default "Features".</param>
        public SequenceTrainer SequenceTagger(Architecture architecture, string labelColumnName = "Label", string featureColumnName = "Features") =>
            trainers.SequenceTagger(architecture, new SequenceTaggerOptions { LabelColumnName = labelColumnName, FeatureColumnName = featureColumnName });
    }

    extension(BinaryClassificationCatalog.BinaryClassificationTrainers trainers)
    {
        /// <summary>Makes a trainer of a sequence model that predicts yes or no for each row. A row holds a whole sequence.</summary>
        /// <param name="architecture">The sequence model's hyper-parameters, as <c>new Lstm { HiddenSize = 64 }</c>.</param>
        /// <param name="options">The columns to read, and how the model is trained.</param>
        /// <exception cref="ArgumentException">Lists every problem with the options and the architecture.</exception>
        public SequenceTrainer Sequence(Architecture architecture, SequenceOptions options) =>
            new(SequenceHost.EnvironmentOf(trainers), architecture, options, new BinaryGoal());

        /// <summary>Makes a trainer of rows that hold a sequence, with default options.</summary>
        /// <param name="architecture">The sequence model's hyper-parameters.</param>
        /// <param name="labelColumnName">The column to predict: Boolean. Default "Label".</param>
        /// <param name="featureColumnName">The column of sequences: vectors of numbers or of keys. Default "Features".</param>
        public SequenceTrainer Sequence(Architecture architecture, string labelColumnName = "Label", string featureColumnName = "Features") =>
            trainers.Sequence(architecture, new SequenceOptions { LabelColumnName = labelColumnName, FeatureColumnName = featureColumnName });
    }

    extension(RegressionCatalog.RegressionTrainers trainers)
    {
        /// <summary>Makes a trainer of a sequence model that predicts a number for each row. A row holds a whole sequence.</summary>
        /// <param name="architecture">The sequence model's hyper-parameters, as <c>new Lstm { HiddenSize = 64 }</c>.</param>
        /// <param name="options">The columns to read, and how the model is trained.</param>
        /// <exception cref="ArgumentException">Lists every problem with the options and the architecture.</exception>
        public SequenceTrainer Sequence(Architecture architecture, SequenceOptions options) =>
            new(SequenceHost.EnvironmentOf(trainers), architecture, options, new RegressionGoal());

        /// <summary>Makes a trainer of rows that hold a sequence, with default options.</summary>
        /// <param name="architecture">The sequence model's hyper-parameters.</param>
        /// <param name="labelColumnName">The column to predict: a number. Default "Label".</param>
        /// <param name="featureColumnName">The column of sequences: vectors of numbers or of keys. Default "Features".</param>
        public SequenceTrainer Sequence(Architecture architecture, string labelColumnName = "Label", string featureColumnName = "Features") =>
            trainers.Sequence(architecture, new SequenceOptions { LabelColumnName = labelColumnName, FeatureColumnName = featureColumnName });
    }

    extension(MulticlassClassificationCatalog catalog)
    {
        /// <summary>
        /// Evaluates a classification beyond ML.NET's own metrics: F1, Cohen's κ, a table of the classes, confidence intervals.
        /// Classes are compared by the values of their keys.
        /// </summary>
        /// <param name="scored">The output of a classifier's <c>Transform</c>, with the label column.</param>
        /// <param name="labelColumnName">The column of labels: keys. Default "Label".</param>
        /// <param name="scoreColumnName">The column of probabilities. Default "Score".</param>
        /// <param name="predictedLabelColumnName">The column of predictions. Default "PredictedLabel".</param>
        /// <param name="bootstrap">How confidence intervals are computed; null, the default: there are none.</param>
        /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
        /// <exception cref="InvalidOperationException">No row has both a label and a prediction.</exception>
        public SequenceClassificationMetrics EvaluateSequence(
            IDataView scored, string labelColumnName = "Label", string scoreColumnName = "Score", string predictedLabelColumnName = "PredictedLabel",
                BootstrapOptions? bootstrap = null) =>
            Evaluate(catalog, scored,
                host => ClassificationEvaluation.Run(host, scored, new ClassificationColumns(labelColumnName, predictedLabelColumnName, scoreColumnName),
                    bootstrap));

        /// <summary>
        /// Evaluates tags: of single steps, and of the spans that tags of the forms IOB, IOB2, IOBES, BILOU and BMES mark, by the rules of
        /// the CoNLL evaluations. Tags are compared by the values of their keys; a missing one (the key 0) is never correct.
        /// </summary>
        /// <param name="scored">The output of a tagger's <c>Transform</c>, with the label column.</param>
        /// <param name="labelColumnName">The column of tags: vectors of keys. Default "Label".</param>
        /// <param name="predictedLabelsColumnName">The column of predicted tags. Default "PredictedLabels".</param>
        /// <param name="bootstrap">How confidence intervals are computed; null, the default: there are none.</param>
        /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
        /// <exception cref="InvalidOperationException">No row has tags, or a row has unequal numbers of tags; the message names it.</exception>
        public SequenceTagMetrics EvaluateSequenceTags(
            IDataView scored, string labelColumnName = "Label", string predictedLabelsColumnName = "PredictedLabels", BootstrapOptions? bootstrap = null) =>
            Evaluate(catalog, scored, host => TagEvaluation.Run(host, scored, (labelColumnName, predictedLabelsColumnName), bootstrap));
    }

    extension(BinaryClassificationCatalog catalog)
    {
        /// <summary>
        /// Evaluates a binary classification beyond ML.NET's own metrics: F1 of both answers, Cohen's κ, confidence intervals.
        /// </summary>
        /// <param name="scored">The output of a classifier's <c>Transform</c>, with the label column.</param>
        /// <param name="labelColumnName">The column of labels: Boolean. Default "Label".</param>
        /// <param name="probabilityColumnName">The column of probabilities of yes. Default "Probability".</param>
        /// <param name="predictedLabelColumnName">The column of predictions. Default "PredictedLabel".</param>
        /// <param name="bootstrap">How confidence intervals are computed; null, the default: there are none.</param>
        /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
        /// <exception cref="InvalidOperationException">There are no rows.</exception>
        public SequenceClassificationMetrics EvaluateSequence(
            IDataView scored, string labelColumnName = "Label", string probabilityColumnName = "Probability",
                string predictedLabelColumnName = "PredictedLabel",
                BootstrapOptions? bootstrap = null) =>
            Evaluate(catalog, scored,
                host => ClassificationEvaluation.Run(host, scored, new ClassificationColumns(labelColumnName, predictedLabelColumnName, probabilityColumnName),
                    bootstrap));
    }

    extension(RegressionCatalog catalog)
    {
        /// <summary>Evaluates a regression whose labels are numbers, or vectors of numbers, which ML.NET's own metrics do not accept.</summary>
        /// <param name="scored">The output of a regression model's <c>Transform</c>, with the label column.</param>
        /// <param name="labelColumnName">The column of labels. Default "Label".</param>
        /// <param name="scoreColumnName">The column of predictions, with as many numbers as the label. Default "Score".</param>
        /// <param name="bootstrap">How confidence intervals are computed; null, the default: there are none.</param>
        /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
        /// <exception cref="InvalidOperationException">No row has both a label and a score.</exception>
        public SequenceRegressionMetrics EvaluateSequence(
            IDataView scored, string labelColumnName = "Label", string scoreColumnName = "Score", BootstrapOptions? bootstrap = null) =>
            Evaluate(catalog, scored, host => RegressionEvaluation.Run(host, scored, (labelColumnName, scoreColumnName), bootstrap));
    }

    extension(ForecastingCatalog catalog)
    {
        /// <summary>
        /// Evaluates forecasts, together with the naive and the seasonal naive forecast, on all rows that have both a forecast and all
        /// actual values.
        /// </summary>
        /// <param name="scored">The output of a forecaster's <c>Transform</c>, with its target and series columns.</param>
        /// <param name="seasonality">The number of steps in a season, for the seasonal naive forecast and for MASE; at least 1. Default 1.</param>
        /// <param name="history">
        /// Rows whose mean seasonal difference scales MASE, usually the training rows, in the units of the scored rows; null, the default:
        /// the scored rows.
        /// </param>
        /// <param name="forecastColumnName">The column of forecasts. Default "Forecast".</param>
        /// <exception cref="ArgumentOutOfRangeException">A column is missing or is not a forecast.</exception>
        /// <exception cref="InvalidOperationException">
        /// No row has both a forecast and all actual values; or rows were removed or reordered after scoring, and the seasonality is
        /// above 1 or there is no history.
        /// </exception>
        public ForecastingMetrics EvaluateSequence(IDataView scored, int seasonality = 1, IDataView? history = null, string forecastColumnName = "Forecast") =>
            catalog.EvaluateSequence(scored, new ForecastingEvaluationOptions
            {
                Seasonality = seasonality,
                History = history,
                ForecastColumnName = forecastColumnName,
            });

        /// <inheritdoc cref="EvaluateSequence(ForecastingCatalog, IDataView, int, IDataView?, string)" path="/node()[not(self::param)]"/>
        /// <param name="scored">The output of a forecaster's <c>Transform</c>, with its target and series columns.</param>
        /// <param name="options">Season, history, and the local models to which the forecasts are compared.</param>
        public ForecastingMetrics EvaluateSequence(IDataView scored, ForecastingEvaluationOptions options)
        {
            ArgumentNullException.ThrowIfNull(options);
            ArgumentOutOfRangeException.ThrowIfLessThan(options.Seasonality, 1, "seasonality");
            return Evaluate(catalog, scored, host => ForecastEvaluation.Run(host, scored, options));
        }

        /// <summary>Makes an engine that forecasts row by row with a whole fitted chain.</summary>
        /// <typeparam name="TRow">A row: the columns that the chain reads.</typeparam>
        /// <typeparam name="TForecast">What is returned for a row: a member for the forecast column, and for any others of the chain.</typeparam>
        /// <param name="model">A fitted forecaster, or a chain with one whose other transforms map single rows.</param>
        /// <param name="checkPoint">A file of <c>CheckPoint</c>, whose states are continued; null, the default: no series has a row yet.</param>
        /// <exception cref="ArgumentException">
        /// There is no forecaster or more than one; another transform reads several rows; or <typeparamref name="TForecast"/> has no member for the forecast.
        /// </exception>
        /// <exception cref="FormatException">The file holds no states, is damaged, or is of another model.</exception>
        public ForecastingEngine<TRow, TForecast> CreateEngine<TRow, TForecast>(ITransformer model, string? checkPoint = null)
            where TRow : class
            where TForecast : class, new()
        {
            ArgumentNullException.ThrowIfNull(model);
            return new ForecastingEngine<TRow, TForecast>(SequenceHost.EnvironmentOf(catalog), model, checkPoint);
        }
    }

    private static T Evaluate<T>(TrainCatalogBase catalog, IDataView scored, Func<SequenceHost, T> run)
    {
        ArgumentNullException.ThrowIfNull(scored);
        return run(new SequenceHost(SequenceHost.EnvironmentOf(catalog), "EvaluateSequence"));
    }
}
