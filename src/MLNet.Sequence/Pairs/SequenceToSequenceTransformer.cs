using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Pairs;
using MLNet.Sequence.Scoring;

namespace MLNet.Sequence;

/// <summary>
/// A fitted model of pairs. It adds the predicted target of a row's source and its score
/// (<see cref="SequenceToSequenceOptions.PredictedSequenceColumnName"/>, <see cref="SequenceToSequenceOptions.ScoreColumnName"/>); the rows
/// need no target. Targets are searched for in plain C#, on all cores: views and a PredictionEngine return the same. Safe for any number of
/// threads.
/// </summary>
public sealed class SequenceToSequenceTransformer : SequenceTransformer
{
    private readonly PairScoring _scoring;

    internal SequenceToSequenceTransformer(IHostEnvironment environment, SequenceModel model)
        : base(model) => _scoring = new PairScoring(new SequenceHost(environment, nameof(SequenceToSequenceTransformer)), model);

    /// <summary>Without effect: one token follows the other, which plain C# computes faster than libtorch. Kept as it is set.</summary>
    public override ScoringBackend Backend { get; set; }

    /// <summary>
    /// The number of steps of predicted targets of numbers, in this program; at least 1. Null, the default: as the task says
    /// (<see cref="SequenceToSequence.TargetSteps"/>). It is not saved.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1, or an array cannot hold their numbers.</exception>
    /// <exception cref="InvalidOperationException">The targets are tokens, whose end is predicted.</exception>
    public int? TargetSteps
    {
        get => _scoring.Steps;
        set
        {
            if (value is { } steps && TargetNumbers.StepProblem(steps, Model.Network.OutputSize, nameof(TargetSteps)) is { } problem)
                throw new ArgumentOutOfRangeException(nameof(value), value, problem);
            _scoring.Steps = value is null || Model.Task.TargetNumbers is not null ? value : throw new InvalidOperationException(
                "The targets of the model are tokens, whose end is predicted: set SequenceSearch.MaxLength before training.");
        }
    }

    /// <summary>True: a row's target depends only on its own source.</summary>
    public override bool IsRowToRowMapper => true;

    /// <inheritdoc/>
    public override DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _scoring.Schema(inputSchema).Schema;

    /// <inheritdoc/>
    public override IDataView Transform(IDataView input) => _scoring.Transform(input);

    /// <inheritdoc/>
    public override IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new SequenceRowMapper(_scoring.Schema(inputSchema), _scoring);

    /// <summary>Nothing to release: plain C# holds no native memory.</summary>
    public override void Dispose()
    {
    }
}
