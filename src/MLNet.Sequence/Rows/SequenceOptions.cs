using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Fitting;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// The columns to read and to predict, and how the model is trained. A row of the data holds a whole sequence.
/// </summary>
public sealed record SequenceOptions
{
    /// <summary>
    /// The column to predict: a key for multiclass classification, Boolean for binary, a number or a vector of numbers for
    /// regression. Needed only in training. Default "Label".
    /// </summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>
    /// The column of sequences. Either vectors of Single, Double, an integer type or Boolean, of a fixed or a variable size, with
    /// <see cref="Features"/> values for each step, step by step; or vectors of keys, which are tokens, one for each step.
    /// Default "Features".
    /// </summary>
    public string FeatureColumnName { get; init; } = "Features";

    /// <summary>
    /// Scalar columns that together are the sequence, in time order, instead of <see cref="FeatureColumnName"/>; with several
    /// <see cref="Features"/>, all columns of a step before those of the next step. Default none.
    /// </summary>
    public IReadOnlyList<string> FeatureColumnNames { get; init => field = ValueList.Of(value); } = ValueList.Create<string>();

    /// <summary>
    /// The number of values in a step; at least 1. Null, the default: the last dimension of the column if it has two, else 1.
    /// </summary>
    public int? Features { get; init; }

    /// <summary>
    /// How tokens are read. Null, the default: keys with the default <see cref="TokenOptions"/>, all else as numbers.
    /// </summary>
    public TokenOptions? Tokens { get; init; }

    /// <summary>
    /// How the steps that the backbone outputs are combined into one. Default <see cref="PoolingKind.Max"/>: the most dependable in
    /// trials on small sets, above all with convolutions.
    /// </summary>
    public PoolingKind Pooling { get; init; } = PoolingKind.Max;

    /// <summary>
    /// Whether a sequence ends where only missing values follow: for rows of different lengths that are padded to one length, with NaN or,
    /// for tokens, with missing keys and empty texts. Default false: they are missing values, and <see cref="MissingValues"/> applies.
    /// </summary>
    public bool EndAtPadding { get; init; }

    /// <summary>The handling of missing values (NaN). Default: an error.</summary>
    public MissingValues MissingValues { get; init; }

    /// <summary>The handling of sequences without steps. Default: an error.</summary>
    public EmptySequences EmptySequences { get; init; }

    /// <summary>The weight of the rows of each class; only in classification. Default <see cref="ClassWeights.None"/>.</summary>
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;

    /// <summary>
    /// A column of row weights, 0 or above. Each row has its weight in the loss, relative to the mean weight of the training rows, and in
    /// validation, multiplied by the weight of its class. Rows of weight 0 are left out. Null, the default: all rows have the same weight.
    /// </summary>
    public string? ExampleWeightColumnName { get; init; }

    /// <summary>
    /// A column of text, keys or integers whose equal values mark rows that belong together, such as those of one subject. All rows of a
    /// group are used for training or all for validation. The validation part is the nearest to
    /// <see cref="TrainingOptions.ValidationFraction"/> that whole groups allow, and never holds a whole class. It is an error if a
    /// <see cref="ValidationSet"/>, or the test rows of a comparison, share a group with the training rows. ML.NET's name for this column
    /// is <c>samplingKeyColumnName</c>. Null, the default: every row is a group of its own.
    /// </summary>
    public string? SamplingKeyColumnName { get; init; }

    /// <summary>
    /// The part of the target's probability that is spread over all classes, in [0, 1); only in classification. With
    /// <see cref="ClassWeights"/>, the share of each class has the weight of that class. Default 0.
    /// </summary>
    public double LabelSmoothing { get; init; }

    /// <summary>
    /// γ of the focal loss (arXiv 1708.02002), 0 or above; only in classification. Above 0, the loss of a row whose class has
    /// the probability p is −(1 − p)^γ · ln p instead of −ln p. The paper's usual value is 2; its α is
    /// <see cref="ClassWeights"/>. Not together with <see cref="LabelSmoothing"/>. Default 0: cross-entropy.
    /// </summary>
    public double FocalGamma { get; init; }

    /// <summary>
    /// The loss in training and validation; only in regression. Comparisons of architectures and measurements of memory always use
    /// squared errors. Default <see cref="RegressionLoss.Squared"/>.
    /// </summary>
    public RegressionLoss Loss { get; init; } = RegressionLoss.Squared;

    /// <summary>
    /// Whether sequences of similar length share a batch, which needs less padding. No effect if all lengths are
    /// equal. Default true.
    /// </summary>
    public bool BucketByLength { get; init; } = true;

    /// <summary>
    /// Validation rows as the data is before the chain, whose transforms are applied to them as they were fitted on the training rows. Rows that
    /// have passed through the same transforms by hand are left as they are; after a cache checkpoint this is needed. Null, the
    /// default: a part of the training rows, by <see cref="TrainingOptions.ValidationFraction"/>.
    /// </summary>
    public IDataView? ValidationSet { get; init; }

    /// <summary>
    /// The name of the column of scores: probabilities of the classes, the logit of yes, or the number or numbers. Default "Score".
    /// </summary>
    public string ScoreColumnName { get; init; } = "Score";

    /// <summary>The name of the column of the most likely class; only in classification. Default "PredictedLabel".</summary>
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
    /// <param name="learnsSteps">Whether each step has its own loss.</param>
    /// <exception cref="ArgumentException">Lists all problems in one message.</exception>
    internal void Validate(Architecture architecture, IEnumerable<string> goalProblems, bool learnsSteps = false)
    {
        var problems = new Problems();
        problems.Need(!string.IsNullOrEmpty(LabelColumnName), $"LabelColumnName must name a column.");
        problems.AddRange(Columns.Problems());
        problems.AddRange(Loss.Problems());
        problems.Need(!Loss.IsOfSeries, $"Loss AbsoluteScaled is for forecasters: an error of rows has no season. Use RegressionLoss.Absolute.");
        problems.AddRange(Limits.Defined(Pooling, nameof(Pooling)));
        problems.Need((float)LabelSmoothing is >= 0 and < 1, $"LabelSmoothing must be in [0, 1); found {LabelSmoothing}.");
        problems.Need((float)FocalGamma is >= 0 and < float.PositiveInfinity, $"FocalGamma must be 0 or above; found {FocalGamma}.");
        problems.Need(FocalGamma == 0 || LabelSmoothing == 0, $"FocalGamma and LabelSmoothing exclude each other; found {FocalGamma} and {LabelSmoothing}.");
        string[] outputs = [ScoreColumnName, PredictedLabelColumnName, ProbabilityColumnName];
        problems.Need(outputs.All(name => !string.IsNullOrEmpty(name)) && outputs.Distinct(StringComparer.Ordinal).Count() == outputs.Length,
            $"ScoreColumnName, PredictedLabelColumnName and ProbabilityColumnName must be three names; found '{string.Join("', '", outputs)}'.");
        if (ClassWeights is ClassWeights.Named named)
        {
            foreach ((string name, double weight) in named.Weights)
                problems.Need((float)weight is > 0 and < float.PositiveInfinity, $"ClassWeights must be above 0; found {weight} for '{name}'.");
        }

        problems.AddRange(goalProblems);
        problems.AddRange(Training.Problems());
        string[] ofArchitecture = [.. ArchitectureProblems.Of(architecture, Training)];
        problems.AddRange(ofArchitecture.Length > 0 ? ofArchitecture : ArchitectureProblems.OfChunks(architecture, Training, ofGradients: !learnsSteps));
        problems.ThrowIfAny("The sequence trainer's options are wrong.");
    }

    /// <summary>These options for an architecture. Running statistics at the last step are those of the whole row.</summary>
    internal SequenceOptions For(Architecture architecture) => architecture is LinearOnStatistics ? this with { Pooling = PoolingKind.LastStep } : this;
}
