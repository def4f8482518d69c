using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Model;

namespace MLNet.Sequence.Estimators;

/// <summary>
/// A fitted model of rows that hold a sequence each, with outputs by ML.NET's conventions: Score and PredictedLabel in
/// multiclass classification; Score, Probability and PredictedLabel in binary; Score in regression; PredictedLabels and Scores
/// of each step in tagging. Every row is scored on its own: views run the network on many rows at once, a PredictionEngine on
/// one, and both give the same to within the rounding of float32. Safe for any number of threads.
/// </summary>
public sealed class SequencePredictionTransformer : SequenceTransformer
{
    private readonly RowScoring _scoring;

    internal SequencePredictionTransformer(IHostEnvironment environment, SequenceModel model)
        : base(model)
    {
        _scoring = new RowScoring(new SequenceHost(environment, nameof(SequencePredictionTransformer)), model);
    }

    /// <inheritdoc/>
    public override ScoringBackend Backend
    {
        get => _scoring.Backend;
        set => _scoring.Backend = value;
    }

    /// <summary>True: a row's predictions follow from its own sequence alone.</summary>
    public override bool IsRowToRowMapper => true;

    /// <inheritdoc/>
    public override DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _scoring.Outputs(inputSchema).Schema;

    /// <inheritdoc/>
    public override IDataView Transform(IDataView input) => _scoring.Transform(input);

    /// <inheritdoc/>
    public override IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => _scoring.Mapper(inputSchema);

    /// <inheritdoc/>
    public override void Dispose() => _scoring.Dispose();
}
