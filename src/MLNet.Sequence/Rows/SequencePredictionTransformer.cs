using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Scoring;

namespace MLNet.Sequence;

/// <summary>
/// A fitted model of rows that each hold a sequence, with outputs by ML.NET's conventions: Score and PredictedLabel in
/// multiclass classification; Score, Probability and PredictedLabel in binary; Score in regression; PredictedLabels and Scores
/// for each step in tagging. Every row is scored on its own. Views run the network on many rows at once, a PredictionEngine on
/// one; both return the same values up to the rounding of float32. Safe for any number of threads.
/// </summary>
public sealed class SequencePredictionTransformer : SequenceTransformer, ISingleFeaturePredictionTransformer<SequenceModel>
{
    private readonly RowScoring _scoring;

    internal SequencePredictionTransformer(IHostEnvironment environment, SequenceModel model)
        : base(model)
    {
        _scoring = new RowScoring(new SequenceHost(environment, nameof(SequencePredictionTransformer)), model);
    }

    private SequenceInput Input => Model.Task.RowInput!;

    /// <inheritdoc/>
    public override ScoringBackend Backend
    {
        get => _scoring.Backend;
        set => _scoring.Backend = value;
    }

    // For ML.NET's own tools such as permutation feature importance, which permutes the values of one column of vectors.
    string ISingleFeaturePredictionTransformer<SequenceModel>.FeatureColumnName => Input.Scalars
        ? throw new NotSupportedException($"The model reads {Input.Columns.Count} columns of single values, and no column of vectors: combine them with "
            + "ml.Transforms.Concatenate before training, or use ml.Sequence.PermutationFeatureImportance.")
        : Input.Columns[0];

    DataViewType ISingleFeaturePredictionTransformer<SequenceModel>.FeatureColumnType => new VectorDataViewType(NumberDataViewType.Single);

    /// <summary>True: a row's predictions depend only on its own sequence.</summary>
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
