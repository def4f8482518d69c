using Microsoft.ML;

namespace MLNet.Sequence;

/// <summary>
/// The columns of sequences and tags, and how the model is trained. A row of the data holds a whole sequence, and a tag for
/// each of its steps.
/// </summary>
public sealed record SequenceTaggerOptions
{
    /// <summary>
    /// The column of tags: a vector of keys, one for each step of the sequence. Needed only in training. Default "Label".
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
    /// The weight of the steps of each tag in training and validation, multiplied by the weight of their row. Not with
    /// <see cref="TagDecoding.Chain"/>. Default: all equal.
    /// </summary>
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;

    /// <summary>
    /// A column of row weights, 0 or above. Each step of a row has that weight in the loss, relative to the mean weight of the training
    /// rows' steps, and in validation. Rows of weight 0 are left out. Null, the default: all steps have the same weight.
    /// </summary>
    public string? ExampleWeightColumnName { get; init; }

    /// <inheritdoc cref="SequenceOptions.SamplingKeyColumnName"/>
    public string? SamplingKeyColumnName { get; init; }

    /// <summary>
    /// γ of the focal loss (arXiv 1708.02002) of each step, 0 or above; see <see cref="SequenceOptions.FocalGamma"/>. Not with
    /// <see cref="TagDecoding.Chain"/>. Default 0: cross-entropy.
    /// </summary>
    public double FocalGamma { get; init; }

    /// <inheritdoc cref="SequenceOptions.BucketByLength"/>
    public bool BucketByLength { get; init; } = true;

    /// <inheritdoc cref="SequenceOptions.ValidationSet"/>
    public IDataView? ValidationSet { get; init; }

    /// <summary>The name of the column of the chosen tags, a vector of keys one for each step of the sequence. Default "PredictedLabels".</summary>
    public string PredictedLabelsColumnName { get; init; } = "PredictedLabels";

    /// <summary>
    /// The name of the column of probabilities, step by step, one for each tag: those of the step on its own, or given the whole
    /// sequence of scores (marginals of the conditional random field). Default "Scores".
    /// </summary>
    public string ScoresColumnName { get; init; } = "Scores";

    /// <summary>
    /// How the network is trained. <see cref="TrainingOptions.BackpropSteps"/> cuts long rows into chunks; only for a causal architecture
    /// with <see cref="TagDecoding.Steps"/>. In scoring, the state still runs through the whole row.
    /// Default: <see cref="TrainingOptions"/> with its own defaults.
    /// </summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>The same options in the form that all tasks with a sequence in each row share.</summary>
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
