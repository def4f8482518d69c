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
public sealed class SequencePredictionTransformer : SequenceTransformer, IDisposable
{
    private readonly RowScoring _scoring;

    internal SequencePredictionTransformer(IHostEnvironment environment, SequenceModel model)
    {
        _scoring = new RowScoring(new SequenceHost(environment, nameof(SequencePredictionTransformer)), model);
        Model = model;
    }

    /// <summary>The model: network, scaling, columns, training report.</summary>
    public SequenceModel Model { get; }

    /// <inheritdoc/>
    public override ScoringBackend Backend
    {
        get => _scoring.Backend;
        set => _scoring.Backend = value;
    }

    /// <summary>True.</summary>
    public override bool IsRowToRowMapper => true;

    /// <inheritdoc/>
    public override DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _scoring.Outputs(inputSchema).Schema;

    /// <inheritdoc/>
    public override IDataView Transform(IDataView input) => _scoring.Transform(input);

    /// <inheritdoc/>
    public override IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => _scoring.Mapper(inputSchema);

    /// <summary>Releases the network's native memory; rows can no longer be scored.</summary>
    public void Dispose() => _scoring.Dispose();

    private protected override void WriteModel(Stream model) => Model.Save(model);
}
