using Microsoft.ML;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Estimators;

/// <summary>
/// What is tagged, from which columns, and how the model is trained. A row of the data holds a whole sequence, and a tag for
/// each of its steps.
/// </summary>
public sealed record SequenceTaggerOptions
{
    /// <summary>
    /// The column of tags: a vector of keys, as many as the sequence has steps. Needed in training only. Default "Label".
    /// </summary>
    public string LabelColumn { get; init; } = "Label";

    /// <inheritdoc cref="SequenceOptions.SequenceColumn"/>
    public string SequenceColumn { get; init; } = "Features";

    /// <inheritdoc cref="SequenceOptions.Tokens"/>
    public TokenOptions? Tokens { get; init; }

    /// <inheritdoc cref="SequenceOptions.Features"/>
    public int? Features { get; init; }

    /// <summary>
    /// How the tags of a sequence are chosen: each on its own, or all together (a conditional random field). Default
    /// <see cref="TagDecoding.Steps"/>.
    /// </summary>
    public TagDecoding Decoding { get; init; }

    /// <inheritdoc cref="SequenceOptions.EndAtPadding"/>
    public bool EndAtPadding { get; init; }

    /// <inheritdoc cref="SequenceOptions.MissingValues"/>
    public MissingValues MissingValues { get; init; }

    /// <inheritdoc cref="SequenceOptions.EmptySequences"/>
    public EmptySequences EmptySequences { get; init; }

    /// <inheritdoc cref="SequenceOptions.BucketByLength"/>
    public bool BucketByLength { get; init; } = true;

    /// <inheritdoc cref="SequenceOptions.ValidationSet"/>
    public IDataView? ValidationSet { get; init; }

    /// <summary>The name of the column of the chosen tags, a vector of keys as long as the sequence. Default "PredictedLabels".</summary>
    public string PredictedLabelsColumn { get; init; } = "PredictedLabels";

    /// <summary>
    /// The name of the column of probabilities, step by step one for each tag: of the step on its own, or given the whole
    /// sequence of scores (marginals of the conditional random field). Default "Scores".
    /// </summary>
    public string ScoresColumn { get; init; } = "Scores";

    /// <summary>How the network is trained.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>The same options in the form of all tasks whose rows hold a sequence.</summary>
    internal SequenceOptions ToSequenceOptions() => new()
    {
        LabelColumn = LabelColumn,
        SequenceColumn = SequenceColumn,
        Tokens = Tokens,
        Features = Features,
        EndAtPadding = EndAtPadding,
        MissingValues = MissingValues,
        EmptySequences = EmptySequences,
        BucketByLength = BucketByLength,
        ValidationSet = ValidationSet,
        ScoreColumn = ScoresColumn,
        PredictedLabelColumn = PredictedLabelsColumn,
        Training = Training,
    };
}
