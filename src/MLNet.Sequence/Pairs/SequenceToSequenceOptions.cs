using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Fitting;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Training;

namespace MLNet.Sequence;

/// <summary>How a pair is handled whose source or target is longer than <see cref="SequenceToSequenceOptions.LongestSequence"/>.</summary>
public enum LongPairs
{
    /// <summary>It is an error that names column and row.</summary>
    Error,

    /// <summary>Training leaves the row out, and says how many.</summary>
    Skip,

    /// <summary>Training takes the first steps of both, and says of how many rows.</summary>
    Cut,
}

/// <summary>The pairs of sequences to learn, and how the model is trained. A row holds a source and its target.</summary>
public sealed record SequenceToSequenceOptions
{
    /// <summary>
    /// The column of sources: vectors of keys (of integers with <see cref="TokenOptions.Vocabulary"/>), one for each step; text with
    /// <see cref="TokenOptions.Tokenizer"/>; or vectors of Single,
    /// Double, an integer type or Boolean, with <see cref="SourceFeatures"/> values for each step, step by step. Default "Source".
    /// </summary>
    public string SourceColumnName { get; init; } = "Source";

    /// <summary>
    /// The column of targets: vectors of keys, or of integers with <see cref="TokenOptions.Vocabulary"/>, one for each step; text with
    /// <see cref="TokenOptions.Tokenizer"/>; or, without <see cref="TargetTokens"/>, vectors of Single, Double, an integer type or Boolean, with
    /// <see cref="TargetFeatures"/> values for each step, step by step. It may be missing when rows are scored. Default "Target".
    /// </summary>
    public string TargetColumnName { get; init; } = "Target";

    /// <summary>
    /// The number of values in a step of a source of numbers; at least 1. Null, the default: the last dimension of the column if it has two,
    /// else 1.
    /// </summary>
    public int? SourceFeatures { get; init; }

    /// <summary>
    /// The number of values in a step of a target of numbers; at least 1. Null, the default: the last dimension of the column if it has two, else 1.
    /// </summary>
    public int? TargetFeatures { get; init; }

    /// <summary>
    /// The number of steps of a predicted target of numbers, which have no end that could be predicted; at least 1. Null, the default: as many as
    /// the source has, or the one number of steps of all training targets, whichever the training pairs show; if they show neither, it is an error.
    /// </summary>
    public int? TargetSteps { get; init; }

    /// <summary>How tokens of sources are read. Null, the default: with the default <see cref="TokenOptions"/>, if the column has keys.</summary>
    public TokenOptions? SourceTokens { get; init; }

    /// <summary>
    /// How tokens of targets are read. Null, the default: with <see cref="SourceTokens"/>, if the column has keys, text, or, with their
    /// <see cref="TokenOptions.Vocabulary"/>, integers; other targets are numbers.
    /// </summary>
    public TokenOptions? TargetTokens { get; init; }

    /// <summary>
    /// The vectors that source, target and output have in common. With All, the vocabularies of both columns are joined. Default
    /// <see cref="EmbeddingSharing.None"/>.
    /// </summary>
    public EmbeddingSharing Sharing { get; init; }

    /// <summary>The largest number of steps of a source or a target in training; at least 1. Null, the default: any.</summary>
    public int? LongestSequence { get; init; }

    /// <summary>The handling of longer pairs. Default: an error.</summary>
    public LongPairs LongPairs { get; init; }

    /// <summary>
    /// The handling of rows without a source, and, in training, of rows without a target. Default: an error.
    /// </summary>
    public EmptySequences EmptySequences { get; init; }

    /// <summary>Whether missing keys and empty texts at the end of a sequence are cut off. Default false.</summary>
    public bool EndAtPadding { get; init; }

    /// <summary>ε of label smoothing: the share of probability spread over all tokens, in [0, 1). Default 0.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Whether pairs of similar length share a batch, which needs less padding. Default true.</summary>
    public bool BucketByLength { get; init; } = true;

    /// <summary>
    /// The largest number of steps in a batch: its pairs times the longest source or target among them, which then replaces
    /// <see cref="TrainingOptions.BatchSize"/>; at least 1. Null, the default: a fixed number of pairs.
    /// </summary>
    public int? StepsPerBatch { get; init; }

    /// <summary>How the targets of scored rows are searched for. Default: as <see cref="SequenceSearch"/> without settings.</summary>
    public SequenceSearch Search { get; init; } = new();

    /// <summary>
    /// Validation rows as the data is before the chain, whose transforms are applied to them as they were fitted on the training rows. Rows that
    /// have passed through the same transforms by hand are left as they are; after a cache checkpoint this is needed. Null, the
    /// default: a part of the training rows, by <see cref="TrainingOptions.ValidationFraction"/>.
    /// </summary>
    public IDataView? ValidationSet { get; init; }

    /// <summary>
    /// The name of the column of predicted targets: a vector of keys with the target's values, text, or a vector of Single. Default
    /// "PredictedSequence".
    /// </summary>
    public string PredictedSequenceColumnName { get; init; } = "PredictedSequence";

    /// <summary>
    /// The name of the column of their scores: the log-probability over the length penalty. Targets of numbers have none. Default "Score".
    /// </summary>
    public string ScoreColumnName { get; init; } = "Score";

    /// <summary>How the network is trained. Default: <see cref="TrainingOptions"/> with its own defaults.</summary>
    public TrainingOptions Training { get; init; } = new();

    internal SequenceSource Source => Columns(SourceColumnName, SourceTokens) with { Features = SourceFeatures };

    internal SequenceSource Target => Columns(TargetColumnName, TargetTokens ?? SourceTokens ?? new TokenOptions());

    /// <summary>Checks these options together with an architecture.</summary>
    /// <exception cref="ArgumentException">Lists all problems in one message.</exception>
    internal void Validate(EncoderDecoder architecture)
    {
        var problems = new Problems();
        string[] names = [SourceColumnName, TargetColumnName, PredictedSequenceColumnName, ScoreColumnName];
        problems.Need(names.All(name => !string.IsNullOrEmpty(name)) && names.Distinct(StringComparer.Ordinal).Count() == names.Length,
            $"The names of the columns of source, target, predicted sequence and score must be four; found {string.Join(", ", names)}.");
        problems.Need(SourceFeatures is null or >= 1, $"SourceFeatures must be at least 1; found {SourceFeatures}.");
        problems.Need(SourceFeatures is null or 1 || SourceTokens is null, $"SourceFeatures must be 1 with SourceTokens; found {SourceFeatures}.");
        problems.Need(TargetFeatures is null or >= 1, $"TargetFeatures must be at least 1; found {TargetFeatures}.");
        problems.Need(TargetFeatures is null or 1 || TargetTokens is null, $"TargetFeatures must be 1 with TargetTokens; found {TargetFeatures}.");
        problems.Need(TargetSteps is null or >= 1, $"TargetSteps must be at least 1; found {TargetSteps}.");
        problems.AddRange((SourceTokens?.Problems() ?? []).Select(problem => "Source" + problem));
        problems.AddRange((TargetTokens?.Problems() ?? []).Select(problem => "Target" + problem));
        problems.AddRange(Limits.Defined(Sharing, nameof(Sharing)).Concat(Limits.Defined(LongPairs, nameof(LongPairs)))
            .Concat(Limits.Defined(EmptySequences, nameof(EmptySequences))));
        problems.Need(LongestSequence is null or >= 1, $"LongestSequence must be at least 1; found {LongestSequence}.");
        problems.Need(LabelSmoothing is >= 0 and < 1, $"LabelSmoothing must be in [0, 1); found {LabelSmoothing}.");
        problems.Need(StepsPerBatch is null or >= 1, $"StepsPerBatch must be at least 1; found {StepsPerBatch}.");
        problems.AddRange(Search.Problems());
        problems.AddRange(Training.MonitorProblems(MetricInfo.Accuracy));
        problems.AddRange(Training.ProblemsWithoutChunks());
        problems.Need(Training.Truncation is null, $"Training.Truncation must be null for pairs; found {Training.Truncation}.");
        problems.AddRange(architecture.Problems().Select(problem => $"{architecture.GetType().Name}.{problem}"));
        problems.ThrowIfAny("The options of the trainer on pairs are wrong.");
    }

    private SequenceSource Columns(string name, TokenOptions? tokens) => new()
    {
        FeatureColumnName = name,
        Scalars = [],
        Features = null,
        Tokens = tokens,
        EndAtPadding = EndAtPadding,
        MissingValues = MissingValues.Error,
        EmptySequences = EmptySequences,
        SamplingKeyColumnName = null,
    };
}
