using Microsoft.ML;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Estimators;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tasks.Metrics;

namespace MLNet.Sequence;

/// <summary>The door: sequence models in ML.NET's own catalogs.</summary>
public static class SequenceCatalog
{
    extension(MLContext context)
    {
        /// <summary>Operations on sequence models that belong to no task of ML.NET.</summary>
        public SequenceOperations Sequence => new(context);
    }

    extension(ForecastingCatalog.Forecasters trainers)
    {
        /// <summary>Makes a forecaster of a sequence model.</summary>
        /// <param name="architecture">The sequence model's hyper-parameters, as <c>new Tcn { Channels = 32 }</c>.</param>
        /// <param name="options">What is forecast, from which columns, and how the model is trained.</param>
        /// <exception cref="ArgumentException">Lists all that is wrong with the options and the architecture.</exception>
        public SequenceForecaster Sequence(Architecture architecture, ForecastingOptions options) =>
            new(SequenceHost.EnvironmentOf(trainers), architecture, options);

        /// <summary>Makes a forecaster of one column with default options.</summary>
        /// <param name="architecture">The sequence model's hyper-parameters.</param>
        /// <param name="target">The column to forecast.</param>
        /// <param name="context">Steps that the model sees; at least 1.</param>
        /// <param name="horizon">Steps that it forecasts; at least 1.</param>
        public SequenceForecaster Sequence(Architecture architecture, string target, int context = 96, int horizon = 24) =>
            trainers.Sequence(architecture, new ForecastingOptions { Targets = [target], Context = context, Horizon = horizon });
    }

    extension(MulticlassClassificationCatalog.MulticlassClassificationTrainers trainers)
    {
        /// <summary>Makes a trainer of a sequence model that says one of several classes of each row. A row holds a whole sequence.</summary>
        /// <param name="architecture">The sequence model's hyper-parameters, as <c>new Lstm { HiddenSize = 64 }</c>.</param>
        /// <param name="options">What is learnt, from which columns, and how the model is trained.</param>
        /// <exception cref="ArgumentException">Lists all that is wrong with the options and the architecture.</exception>
        public SequenceTrainer Sequence(Architecture architecture, SequenceOptions options) =>
            new(SequenceHost.EnvironmentOf(trainers), architecture, options, new MulticlassGoal());

        /// <summary>Makes a trainer with default options.</summary>
        /// <param name="architecture">The sequence model's hyper-parameters.</param>
        /// <param name="labelColumn">The column to predict: a key.</param>
        /// <param name="sequenceColumn">The column of sequences, vectors of numbers.</param>
        public SequenceTrainer Sequence(Architecture architecture, string labelColumn = "Label", string sequenceColumn = "Features") =>
            trainers.Sequence(architecture, new SequenceOptions { LabelColumn = labelColumn, SequenceColumn = sequenceColumn });
    }

    extension(BinaryClassificationCatalog.BinaryClassificationTrainers trainers)
    {
        /// <summary>Makes a trainer of a sequence model that says yes or no of each row. A row holds a whole sequence.</summary>
        /// <param name="architecture">The sequence model's hyper-parameters, as <c>new Lstm { HiddenSize = 64 }</c>.</param>
        /// <param name="options">What is learnt, from which columns, and how the model is trained.</param>
        /// <exception cref="ArgumentException">Lists all that is wrong with the options and the architecture.</exception>
        public SequenceTrainer Sequence(Architecture architecture, SequenceOptions options) =>
            new(SequenceHost.EnvironmentOf(trainers), architecture, options, new BinaryGoal());

        /// <summary>Makes a trainer with default options.</summary>
        /// <param name="architecture">The sequence model's hyper-parameters.</param>
        /// <param name="labelColumn">The column to predict: Boolean.</param>
        /// <param name="sequenceColumn">The column of sequences, vectors of numbers.</param>
        public SequenceTrainer Sequence(Architecture architecture, string labelColumn = "Label", string sequenceColumn = "Features") =>
            trainers.Sequence(architecture, new SequenceOptions { LabelColumn = labelColumn, SequenceColumn = sequenceColumn });
    }

    extension(RegressionCatalog.RegressionTrainers trainers)
    {
        /// <summary>Makes a trainer of a sequence model that says a number of each row. A row holds a whole sequence.</summary>
        /// <param name="architecture">The sequence model's hyper-parameters, as <c>new Lstm { HiddenSize = 64 }</c>.</param>
        /// <param name="options">What is learnt, from which columns, and how the model is trained.</param>
        /// <exception cref="ArgumentException">Lists all that is wrong with the options and the architecture.</exception>
        public SequenceTrainer Sequence(Architecture architecture, SequenceOptions options) =>
            new(SequenceHost.EnvironmentOf(trainers), architecture, options, new RegressionGoal());

        /// <summary>Makes a trainer with default options.</summary>
        /// <param name="architecture">The sequence model's hyper-parameters.</param>
        /// <param name="labelColumn">The column to predict: a number.</param>
        /// <param name="sequenceColumn">The column of sequences, vectors of numbers.</param>
        public SequenceTrainer Sequence(Architecture architecture, string labelColumn = "Label", string sequenceColumn = "Features") =>
            trainers.Sequence(architecture, new SequenceOptions { LabelColumn = labelColumn, SequenceColumn = sequenceColumn });
    }

    extension(ForecastingCatalog catalog)
    {
        /// <summary>
        /// Evaluates forecasts, and beside them the naive and the seasonal naive forecast, on all rows that have both a forecast
        /// and all that came to be.
        /// </summary>
        /// <param name="scored">What a forecaster's <c>Transform</c> returned, with its target and series columns.</param>
        /// <param name="seasonality">Steps in a season, for the seasonal naive forecast and for MASE; at least 1. Default 1.</param>
        /// <param name="history">
        /// The rows whose mean seasonal difference scales MASE, usually the training rows; null, the default: the scored rows.
        /// </param>
        /// <param name="forecastColumn">The column of forecasts. Default "Forecast".</param>
        /// <exception cref="ArgumentOutOfRangeException">A column is missing or is no forecast.</exception>
        /// <exception cref="InvalidOperationException">No row has both a forecast and all that came to be.</exception>
        public ForecastingMetrics EvaluateSequence(IDataView scored, int seasonality = 1, IDataView? history = null, string forecastColumn = "Forecast")
        {
            ArgumentNullException.ThrowIfNull(scored);
            ArgumentOutOfRangeException.ThrowIfLessThan(seasonality, 1);
            var host = new SequenceHost(SequenceHost.EnvironmentOf(catalog), nameof(EvaluateSequence));
            return ForecastEvaluation.Run(host, scored, seasonality, history, forecastColumn);
        }
    }
}
