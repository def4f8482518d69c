using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Scoring;

namespace MLNet.Sequence;

/// <summary>
/// A fitted model that predicts each step of a row's sequence from those before it. It adds the step after the row's last,
/// and the row's own mean loss per step (<see cref="NextStepOptions.PredictionColumnName"/> and
/// <see cref="NextStepOptions.LossColumnName"/>). Every row is scored on its own, also if the model was trained
/// on continuous text (<c>ml.Sequence.EvaluateContinuousText</c> carries the state from row to row). Views run the network on many rows
/// at once, a PredictionEngine on one; both return the same values up to the rounding of float32. Safe for any number of threads.
/// </summary>
public sealed class NextStepTransformer : SequenceTransformer
{
    private readonly RowScoring _scoring;

    internal NextStepTransformer(IHostEnvironment environment, SequenceModel model)
        : base(model)
    {
        _scoring = new RowScoring(new SequenceHost(environment, nameof(NextStepTransformer)), model);
    }

    /// <inheritdoc/>
    public override ScoringBackend Backend
    {
        get => _scoring.Backend;
        set => _scoring.Backend = value;
    }

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
