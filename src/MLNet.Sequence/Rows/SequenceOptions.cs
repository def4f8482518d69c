using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Fitting;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// What is learnt about sequences, from which columns, and how the model is trained. A row of the data holds a whole sequence.
/// </summary>
public sealed record SequenceOptions
{
    /// <summary>
    /// The column to predict: a key for multiclass classification, Boolean for binary, a number or a vector of numbers for
    /// regression. Needed in
    /// training only. Default "Label".
    /// </summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>
    /// The column of sequences: vectors of Single, Double, an integer type or Boolean, of a fixed size or of one that differs
    /// from row to row, step by step <see cref="Features"/> values each; or vectors of keys, which are tokens, one a step.
    /// Default "Features".
    /// </summary>
    public string FeatureColumnName { get; init; } = "Features";

    /// <summary>
    /// Scalar columns that together are the sequence, in the order of time, in place of <see cref="FeatureColumnName"/>; with
    /// several <see cref="Features"/> step by step those of each. Default none.
    /// </summary>
    public IReadOnlyList<string> FeatureColumnNames { get; init => field = ValueList.Of(value); } = ValueList.Create<string>();

    /// <summary>
    /// Values of a step; at least 1. Null, the default: the last dimension of the column where it has two, else 1.
    /// </summary>
    public int? Features { get; init; }

    /// <summary>
    /// How tokens are read. Null, the default: keys with <see cref="TokenOptions"/> as they are, all else as numbers.
    /// </summary>
    public TokenOptions? Tokens { get; init; }

    /// <summary>
    /// How the steps that the backbone gives become one. Default <see cref="PoolingKind.Max"/>: in trials on small sets the
    /// most dependable, above all with convolutions.
    /// </summary>
    public PoolingKind Pooling { get; init; } = PoolingKind.Max;

    /// <summary>
    /// Whether a sequence ends where only missing values follow: for rows of different lengths that are padded to one, with NaN or, of
    /// tokens, with missing keys and empty texts. Default false: they are missing values, as <see cref="MissingValues"/> says.
    /// </summary>
    public bool EndAtPadding { get; init; }

    /// <summary>What is done about missing values (NaN). Default: an error.</summary>
    public MissingValues MissingValues { get; init; }

    /// <summary>What is done about sequences of no steps. Default: an error.</summary>
    public EmptySequences EmptySequences { get; init; }

    /// <summary>What the rows of each class count; only in classification. Default <see cref="ClassWeights.None"/>.</summary>
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;

    /// <summary>
    /// A column of numbers, 0 or above, that say what each row counts in the loss, relative to the mean weight of the training rows, and
    /// in validation; times the weight of its class. Rows of weight 0 are left out. Null, the default: every row counts the same.
    /// </summary>
    public string? ExampleWeightColumnName { get; init; }

    /// <summary>
    /// A column of text, keys or integers that says which rows belong together, as those of one subject: they are all trained on or all kept
    /// apart for validation, never some of them on either side. The part that is kept apart is that which is nearest to
    /// <see cref="TrainingOptions.ValidationFraction"/> with whole groups, and no class is kept apart whole. A
    /// <see cref="ValidationSet"/>, and the test rows of a comparison, that share a group with the training rows are an error. What ML.NET
    /// calls <c>samplingKeyColumnName</c> where it splits rows. Null, the default: every row is on its own.
    /// </summary>
    public string? SamplingKeyColumnName { get; init; }

    /// <summary>
    /// The part of the target's probability that is spread over all classes, in [0, 1); only in classification. With
    /// <see cref="ClassWeights"/> what each class gets of it has that class's weight. Default 0.
    /// </summary>
    public float LabelSmoothing { get; init; }

    /// <summary>
    /// γ of the focal loss (arXiv 1708.02002), 0 or above; only in classification. Above 0 the loss of a row whose class has
    /// the probability p is −(1 − p)^γ · ln p in place of −ln p: the paper's usual value is 2, and its α is
    /// <see cref="ClassWeights"/>. Not together with <see cref="LabelSmoothing"/>. Default 0: cross-entropy.
    /// </summary>
    public float FocalGamma { get; init; }

    /// <summary>
    /// What errors cost in training and validation; only in regression. Comparisons of architectures and memory are measured in
    /// squared errors all the same. Default <see cref="RegressionLoss.Squared"/>.
    /// </summary>
    public RegressionLoss Loss { get; init; } = RegressionLoss.Squared;

    /// <summary>
    /// Whether sequences of similar length share a batch, so that less of it is padding. Of no effect where all lengths are
    /// equal. Default true.
    /// </summary>
    public bool BucketByLength { get; init; } = true;

    /// <summary>
    /// Rows to validate on, in the form in which the trainer gets the training rows; null, the default: a part of the
    /// training rows, by <see cref="TrainingOptions.ValidationFraction"/>.
    /// </summary>
    public IDataView? ValidationSet { get; init; }

    /// <summary>
    /// The name of the column of scores: probabilities of the classes, the logit of yes, or the number or numbers. Default
    /// "Score".
    /// </summary>
    public string ScoreColumnName { get; init; } = "Score";

    /// <summary>The name of the column of the likeliest class; only in classification. Default "PredictedLabel".</summary>
    public string PredictedLabelColumnName { get; init; } = "PredictedLabel";

    /// <summary>The name of the column of the probability of yes; only in binary classification. Default "Probability".</summary>
    public string ProbabilityColumnName { get; init; } = "Probability";

    /// <summary>How the network is trained. Default: <see cref="TrainingOptions"/> with its own defaults.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>The columns of sequences.</summary>
    internal SequenceSource Columns => new()
    {
        FeatureColumnName = FeatureColumnName,
        Scalars = FeatureColumnNames,
        Features = Features,
        Tokens = Tokens,
        EndAtPadding = EndAtPadding,
        MissingValues = MissingValues,
        EmptySequences = EmptySequences,
        ExampleWeightColumnName = ExampleWeightColumnName,
        SamplingKeyColumnName = SamplingKeyColumnName,
    };

    /// <summary>Checks these options together with an architecture.</summary>
    /// <param name="architecture">The architecture.</param>
    /// <param name="goalProblems">What is wrong with them for the task.</param>
    /// <param name="learnsSteps">Whether each step has a loss of its own.</param>
    /// <exception cref="ArgumentException">Lists all problems in one message.</exception>
    internal void Validate(Architecture architecture, IEnumerable<string> goalProblems, bool learnsSteps = false)
    {
        var problems = new Problems();
        problems.Need(!string.IsNullOrEmpty(LabelColumnName), $"LabelColumnName must name a column.");
        problems.AddRange(Columns.Problems());
        problems.AddRange(Loss.Problems());
        problems.AddRange(Limits.Defined(Pooling, nameof(Pooling)));
        problems.Need(LabelSmoothing is >= 0 and < 1, $"LabelSmoothing must be in [0, 1); found {LabelSmoothing}.");
        problems.Need(FocalGamma >= 0 && float.IsFinite(FocalGamma), $"FocalGamma must be 0 or above; found {FocalGamma}.");
        problems.Need(FocalGamma == 0 || LabelSmoothing == 0, $"FocalGamma and LabelSmoothing exclude each other; found {FocalGamma} and {LabelSmoothing}.");
        string[] outputs = [ScoreColumnName, PredictedLabelColumnName, ProbabilityColumnName];
        problems.Need(outputs.All(name => !string.IsNullOrEmpty(name)) && outputs.Distinct(StringComparer.Ordinal).Count() == outputs.Length,
            $"ScoreColumnName, PredictedLabelColumnName and ProbabilityColumnName must be three names; found '{string.Join("', '", outputs)}'.");
        if (ClassWeights is ClassWeights.Named named)
        {
            foreach ((string name, float weight) in named.Weights)
                problems.Need(weight > 0 && float.IsFinite(weight), $"ClassWeights must be above 0; found {weight} for '{name}'.");
        }

        problems.AddRange(goalProblems);
        problems.AddRange(learnsSteps ? Training.Problems() : Training.ProblemsWithoutChunks());
        problems.AddRange(ArchitectureProblems.Of(architecture, Training));
        problems.ThrowIfAny("The sequence trainer's options are wrong.");
    }

    /// <summary>These options for an architecture: statistics up to the last step are those of the whole row.</summary>
    internal SequenceOptions For(Architecture architecture) => architecture is LinearOnStatistics ? this with { Pooling = PoolingKind.LastStep } : this;
}
