using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Anomalies;
using MLNet.Sequence.Backtests;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence;

/// <summary>
/// Finds rows that a forecaster did not expect. It is trained on the first rows of each series; its residuals on the last ones are the measure of all
/// later residuals.
/// </summary>
public sealed class AnomalyDetector : IEstimator<AnomalyTransformer>
{
    private readonly SequenceHost _host;
    private readonly SequenceForecaster _forecaster;
    private readonly AnomalyOptions _options;

    internal AnomalyDetector(SequenceHost host, SequenceForecaster forecaster, AnomalyOptions options)
    {
        ArgumentNullException.ThrowIfNull(forecaster);
        options.Validate();
        (_host, _forecaster, _options) = (host, forecaster, options);
        AnomalyTransformer.MustBeFree(options, forecaster.Options.ForecastColumnName, forecaster.Options.ActualColumnName);
    }

    /// <summary>Checks the columns of a future input schema and returns the schema with the columns that the fitted transformer adds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        SchemaShape scored = _forecaster.GetOutputSchema(inputSchema);
        return SchemaShapes.With(scored, SchemaShapes.Vector(_options.PredictionColumnName, NumberDataViewType.Double, SchemaShapes.SlotNames()));
    }

    /// <summary>Trains the forecaster on the first rows of each series, and measures its residuals on the others.</summary>
    /// <param name="input">The rows, most of them without anomalies; within a series in time order.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The rows cannot be trained on, or there are too few residuals for the confidence.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public AnomalyTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        ForecastingOptions forecaster = _forecaster.Options;
        SeriesLengths lengths = SeriesLengths.Count(_host, input, new SeriesOrder(forecaster.SeriesColumnName, forecaster.TimeColumnName));
        long Cut(long length) => Windows.Cut(length, _options.CalibrationFraction);
        ForecastingTransformer model = _forecaster.Fit(new StepsView(input, lengths, length => new StepRange(0, Cut(length))));
        try
        {
            // A residual needs the forecast of the row before it, which needs its context.
            var calibration = new StepsView(input, lengths, length => new StepRange(Math.Max(0, Cut(length) - model.Task.Context), length));
            return AnomalyTransformer.Calibrated(_host, model, calibration, _options);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}
