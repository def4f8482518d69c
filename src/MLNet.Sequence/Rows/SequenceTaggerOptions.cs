using Microsoft.ML;

namespace MLNet.Sequence;

/// <summary>
/// What is tagged, from which columns, and how the model is trained. A row of the data holds a whole sequence, and a tag for
/// each of its steps.
/// </summary>
public sealed record SequenceTaggerOptions
{
    /// <summary>
    /// The column of tags: a vector of keys, as many as the sequence has steps. Needed in training only. Default "Label".
    /// </summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <inheritdoc cref="SequenceOptions.FeatureColumnName"/>
    public string FeatureColumnName { get; init; } = "Features";

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

    /// <summary>
    /// What the steps of each tag count in training and validation, times the weight of their row. Not with
    /// <see cref="TagDecoding.Chain"/>. Default: all the same.
    /// </summary>
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;

    /// <summary>
    /// A column of numbers, 0 or above, that say what each step of a row counts in the loss, relative to the mean weight of the training
    /// rows' steps, and in validation. Rows of weight 0 are left out. Null, the default: every step counts the same.
    /// </summary>
    public string? ExampleWeightColumnName { get; init; }

    /// <inheritdoc cref="SequenceOptions.SamplingKeyColumnName"/>
    public string? SamplingKeyColumnName { get; init; }

    /// <summary>
    /// γ of the focal loss (arXiv 1708.02002) of each step, 0 or above; see <see cref="SequenceOptions.FocalGamma"/>. Not with
    /// <see cref="TagDecoding.Chain"/>. Default 0: cross-entropy.
    /// </summary>
    public float FocalGamma { get; init; }

    /// <inheritdoc cref="SequenceOptions.BucketByLength"/>
    public bool BucketByLength { get; init; } = true;

    /// <inheritdoc cref="SequenceOptions.ValidationSet"/>
    public IDataView? ValidationSet { get; init; }

    /// <summary>The name of the column of the chosen tags, a vector of keys as long as the sequence. Default "PredictedLabels".</summary>
    public string PredictedLabelsColumnName { get; init; } = "PredictedLabels";

    /// <summary>
    /// The name of the column of probabilities, step by step one for each tag: of the step on its own, or given the whole
    /// sequence of scores (marginals of the conditional random field). Default "Scores".
    /// </summary>
    public string ScoresColumnName { get; init; } = "Scores";

    /// <summary>
    /// How the network is trained. <see cref="TrainingOptions.BackpropSteps"/> cuts long rows into chunks, of a causal architecture and with
    /// <see cref="TagDecoding.Steps"/>; in scoring the state runs through the whole row all the same.
    /// Default: <see cref="TrainingOptions"/> with its own defaults.
    /// </summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>The same options in the form of all tasks whose rows hold a sequence.</summary>
    internal SequenceOptions ToSequenceOptions() => new()
    {
        LabelColumnName = LabelColumnName,
        FeatureColumnName = FeatureColumnName,
        Tokens = Tokens,
        Features = Features,
        EndAtPadding = EndAtPadding,
        MissingValues = MissingValues,
        EmptySequences = EmptySequences,
        ClassWeights = ClassWeights,
        ExampleWeightColumnName = ExampleWeightColumnName,
        SamplingKeyColumnName = SamplingKeyColumnName,
        FocalGamma = FocalGamma,
        BucketByLength = BucketByLength,
        ValidationSet = ValidationSet,
        ScoreColumnName = ScoresColumnName,
        PredictedLabelColumnName = PredictedLabelsColumnName,
        Training = Training,
    };
}
