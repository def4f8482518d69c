using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Anomalies;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence;

/// <summary>
/// A fitted detector of anomalies. It adds the forecaster's columns and, for each row, whether it is an anomaly, its score and the p-value of the score.
/// </summary>
/// <remarks>
/// The score of a row is its residual, actual value minus the forecast from the row before, in standard deviations of its series; of several targets the
/// largest. The p-value is the share of calibration residuals that are at least as large, the row itself included (split conformal). A row without a
/// forecast, such as one of the first <see cref="ForecastingOptions.Context"/> rows, has the score and p-value NaN and no alert.
/// </remarks>
public sealed class AnomalyTransformer : ITransformer, IDisposable
{
    internal const string Part = "Anomalies";

    private readonly SequenceHost _host;
    private readonly ConformalScores _scores;

    internal AnomalyTransformer(SequenceHost host, ForecastingTransformer forecaster, AnomalyOptions options, ConformalScores scores) =>
        (_host, Forecaster, Options, _scores) = (host, forecaster, options, scores);

    /// <summary>The forecaster whose residuals are judged.</summary>
    public ForecastingTransformer Forecaster { get; }

    /// <summary>Which share of ordinary rows may give an alert, and the name of the added column.</summary>
    public AnomalyOptions Options { get; }

    /// <summary>How many residuals measure a new one: those of the rows that were kept from training.</summary>
    public int CalibrationCount => _scores.Ascending.Count;

    /// <summary>
    /// The smallest residual, in standard deviations and without its sign, that gives an alert: all larger ones do.
    /// </summary>
    public double Threshold
    {
        get
        {
            int above = (int)Math.Floor((1 - Options.Confidence) * (CalibrationCount + 1) + 1e-9) - 1;
            return Math.BitIncrement(_scores.Ascending[CalibrationCount - 1 - above]);
        }
    }

    /// <summary>False: a residual reads the rows before its own.</summary>
    public bool IsRowToRowMapper => false;

    /// <summary>The schema that <see cref="Transform"/> delivers for data with the given schema.</summary>
    /// <param name="inputSchema">The schema of the data to be transformed.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column that the model reads is missing or has the wrong type.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(Forecaster.GetOutputSchema(inputSchema));
        var slots = new DataViewSchema.Annotations.Builder();
        Columns.KeyValues.AddSlotNames(slots, ["Alert", "Score", "P-Value"]);
        builder.AddColumn(Options.PredictionColumnName, new VectorDataViewType(NumberDataViewType.Double, AnomalyView.Values), slots.ToAnnotations());
        return builder.ToSchema();
    }

    /// <summary>Checks the schema and returns a lazy view.</summary>
    /// <param name="input">The rows; each series starts with its context of history.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column that the model reads is missing or has the wrong type.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new AnomalyView(Forecaster.Transform(input), GetOutputSchema(input.Schema), this);
    }

    /// <summary>There is none: a residual reads the rows before its own.</summary>
    /// <param name="inputSchema">The schema of the rows to be mapped.</param>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw _host.NotRowToRow();

    /// <summary>Releases the forecaster's native memory.</summary>
    public void Dispose() => Forecaster.Dispose();

    /// <summary>The values of <see cref="AnomalyOptions.PredictionColumnName"/> for a score.</summary>
    internal void Judge(double score, Span<double> prediction)
    {
        double p = _scores.PValue(Math.Abs(score));
        // Rounding of 1 − confidence must not decide.
        prediction[0] = p <= 1 - Options.Confidence + 1e-12 ? 1 : 0;
        (prediction[1], prediction[2]) = (score, p);
    }

    /// <summary>The detector of a fitted forecaster, with the residuals of some rows as its measure.</summary>
    /// <exception cref="InvalidOperationException">They are too few for the confidence.</exception>
    internal static AnomalyTransformer Calibrated(SequenceHost host, ForecastingTransformer forecaster, IDataView rows, AnomalyOptions options)
    {
        MustBeFree(options, forecaster.Task.ForecastColumnName, forecaster.Task.ActualColumnName);
        IDataView scored = forecaster.Transform(rows);
        var scores = new List<double>();
        using (DataViewRowCursor cursor = scored.GetRowCursor(Residuals.Columns(scored.Schema, forecaster.Task)))
        {
            var residuals = new Residuals(cursor, forecaster);
            while (cursor.MoveNext())
            {
                if (residuals.Next() is var score && !double.IsNaN(score))
                    scores.Add(Math.Abs(score));
            }
        }

        int least = ConformalScores.Least(options.Confidence);
        if (scores.Count < least)
        {
            throw new InvalidOperationException(FormattableString.Invariant(
                $"The calibration rows have {scores.Count} residuals; a confidence of {options.Confidence} needs at least {least}. Give more rows, raise ")
                + $"{nameof(AnomalyOptions.CalibrationFraction)}, or lower {nameof(AnomalyOptions.Confidence)}.");
        }

        using (HostChannel channel = host.Start("Anomalies"))
            channel.Info(FormattableString.Invariant($"{scores.Count} residuals are the measure of anomalies."));
        return new AnomalyTransformer(host, forecaster, options, new ConformalScores(scores));
    }

    /// <exception cref="ArgumentException">The added column has the name of another one.</exception>
    internal static void MustBeFree(AnomalyOptions options, params string[] taken)
    {
        if (taken.Contains(options.PredictionColumnName))
            throw new ArgumentException($"{nameof(AnomalyOptions.PredictionColumnName)} '{options.PredictionColumnName}' is a column of the forecaster: "
                + "choose another.");
    }

    internal static AnomalyTransformer Load(IHostEnvironment environment, Stream stream) => AnomalyFile.Read(environment, stream);

    void ICanSaveModel.Save(ModelSaveContext ctx) => SavedParts.Save(ctx, Part, stream => AnomalyFile.Write(stream, this, _scores));
}
