using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Fitting;

namespace MLNet.Sequence;

/// <summary>
/// The sequences to learn step by step, and how the model is trained. A row of the data holds a whole sequence; the
/// model predicts each of its steps from those before it.
/// </summary>
public sealed record NextStepOptions
{
    /// <summary>
    /// The kind of a step: values of 0 and 1 (<see cref="StepKind.MultiLabel"/>), real numbers
    /// (<see cref="StepKind.Real"/>), or tokens (<see cref="StepKind.Token"/>).
    /// </summary>
    public required StepKind Kind { get; init; }

    /// <summary>
    /// The column of sequences. Either vectors of Single, Double, an integer type or Boolean, of a fixed or a variable size, with
    /// <see cref="Features"/> values for each step, step by step; or, for tokens, vectors of keys (of integers with
    /// <see cref="TokenOptions.Vocabulary"/>), one for each step. Default "Features".
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
    /// Columns with one value for the whole row that every prediction may depend on, such as a speaker (global conditioning): numbers, or keys,
    /// for each of which a vector is learnt. They are inputs of the network by name, not steps, and are never predicted. Default none.
    /// </summary>
    public IReadOnlyList<string> StaticColumnNames { get; init => field = ValueList.Of(value); } = ValueList.Create<string>();

    /// <summary>
    /// A column of frames that are known for all steps in advance, such as loudness and pitch (local conditioning): a vector of [frames ×
    /// <see cref="KnownFeatures"/>] numbers of a variable size. Frame i holds for the steps i · <see cref="StepsPerFrame"/> and following; each
    /// step is predicted with its own frame. T steps need ⌈T / StepsPerFrame⌉ frames; one more may follow, for the step after the last. Null,
    /// the default: none.
    /// </summary>
    public string? KnownColumnName { get; init; }

    /// <summary>
    /// The number of values in a frame; at least 1. Null, the default: the last dimension of the column if it has two, else 1.
    /// </summary>
    public int? KnownFeatures { get; init; }

    /// <summary>The number of steps for which a frame holds, repeated; at least 1. Default 1.</summary>
    public int StepsPerFrame { get; init; } = 1;

    /// <summary>How tokens are read. Null, the default: as keys, with the default <see cref="TokenOptions"/>.</summary>
    public TokenOptions? Tokens { get; init; }

    /// <summary>
    /// Whether tokens have the same vector as input and as output (<see cref="Layers.TiedEmbedding"/>):
    /// fewer weights, often better. Default false.
    /// </summary>
    public bool TiedEmbedding { get; init; }

    /// <summary>
    /// For vocabularies of tens of thousands: the tokens at which clusters of rare ones begin
    /// (<see cref="Layers.AdaptiveSoftmax"/>), such as [2000, 10000]; ascending, from 1. Tokens are numbered by falling frequency in the
    /// training rows. Tokens without values must already be numbered in this way. Default none: one softmax over all tokens.
    /// </summary>
    public IReadOnlyList<int> AdaptiveSoftmax { get; init => field = ValueList.Of(value); } = ValueList.Create<int>();

    /// <summary>
    /// Whether the training rows are one text in their order, not separate sequences. The text is cut into
    /// <see cref="TrainingOptions.BatchSize"/> streams, which are read side by side in chunks of
    /// <see cref="TrainingOptions.BackpropSteps"/>; the recurrent state is carried on. The end of the text is kept for validation; it
    /// and a validation set are read in the same way. <c>ml.Sequence.EvaluateContinuousText</c> carries the state over all rows.
    /// <c>Transform</c> and a PredictionEngine start every row with a new state, since a row's values must not depend on the rows before it.
    /// Default false.
    /// </summary>
    public bool ContinuousText { get; init; }

    /// <inheritdoc cref="SequenceOptions.EndAtPadding"/>
    public bool EndAtPadding { get; init; }

    /// <summary>The handling of missing values (NaN). With values of 0 and 1 always an error. Default: an error.</summary>
    public MissingValues MissingValues { get; init; }

    /// <summary>
    /// The handling of sequences in which nothing can be predicted: in training those of fewer than two steps, in scoring
    /// those without steps. Default: an error.
    /// </summary>
    public EmptySequences EmptySequences { get; init; }

    /// <summary>
    /// Whether sequences of similar length share a batch, which needs less padding. No effect if all lengths are
    /// equal. Default true.
    /// </summary>
    public bool BucketByLength { get; init; } = true;

    /// <summary>
    /// Validation rows as the data is before the chain, whose transforms are applied to them as they were fitted on the training rows. Rows that
    /// have passed through the same transforms by hand are left as they are; after a cache checkpoint this is needed. Null, the
    /// default: a part of the training rows, by <see cref="TrainingOptions.ValidationFraction"/>. Validation always reads whole sequences.
    /// </summary>
    public IDataView? ValidationSet { get; init; }

    /// <summary>
    /// A column of text, keys or integers whose equal values mark rows that belong together, such as those of one composer. All rows of a
    /// group are used for training or all for validation; see <see cref="SequenceOptions.SamplingKeyColumnName"/>. Not with
    /// <see cref="ContinuousText"/>. Null, the default: every row is a group of its own.
    /// </summary>
    public string? SamplingKeyColumnName { get; init; }

    /// <summary>
    /// The name of the column of the step after a row's last, a vector of the step's values: probabilities of 1, or numbers
    /// in the data's units; for tokens the most likely one, a key with the tokens' values. Default "Prediction".
    /// </summary>
    public string PredictionColumnName { get; init; } = "Prediction";

    /// <summary>The name of the column of the probability of every token to be the next; only for tokens. Default "Score".</summary>
    public string ScoreColumnName { get; init; } = "Score";

    /// <summary>
    /// The name of the column of a row's own mean loss per step, as <see cref="StepKind"/> defines it; NaN if the row
    /// has fewer than two steps. Default "Loss".
    /// </summary>
    public string LossColumnName { get; init; } = "Loss";

    /// <summary>
    /// How the network is trained; <see cref="TrainingOptions.BackpropSteps"/> cuts long sequences into chunks. Default:
    /// <see cref="TrainingOptions"/> with its own defaults.
    /// </summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>The minimum number of steps in a row.</summary>
    internal int FewestSteps => ContinuousText ? 1 : 2;

    /// <summary>The columns of sequences, in the form for binding them to a schema.</summary>
    internal SequenceSource Columns => new()
    {
        FeatureColumnName = FeatureColumnName,
        Scalars = FeatureColumnNames,
        Features = Features,
        Tokens = Tokens ?? (Kind == StepKind.Token ? new TokenOptions() : null),
        EndAtPadding = EndAtPadding,
        MissingValues = MissingValues,
        EmptySequences = EmptySequences,
        SamplingKeyColumnName = SamplingKeyColumnName,
        Conditions = new ConditionSource(StaticColumnNames, KnownColumnName, KnownFeatures, StepsPerFrame),
    };

    internal bool HasConditions => StaticColumnNames.Count > 0 || KnownColumnName is not null;

    /// <summary>Checks these options together with an architecture.</summary>
    /// <exception cref="ArgumentException">Lists all problems in one message.</exception>
    internal void Validate(Architecture architecture)
    {
        var problems = new Problems();
        problems.AddRange(Columns.Problems());
        problems.Need(Enum.IsDefined(Kind), $"Kind must be MultiLabel, Real or Token; found {Kind}.");
        problems.Need(MissingValues != MissingValues.Mask, $"MissingValues.Mask has no meaning for a next step: a missing value cannot be predicted.");
        problems.Need(Kind != StepKind.MultiLabel || MissingValues != MissingValues.Interpolate,
            $"MissingValues.Interpolate would make values between 0 and 1, which Kind = MultiLabel does not allow.");
        string[] outputs = [PredictionColumnName, LossColumnName, ScoreColumnName];
        problems.Need(outputs.All(name => !string.IsNullOrEmpty(name)) && outputs.Distinct(StringComparer.Ordinal).Count() == outputs.Length,
            $"PredictionColumnName, LossColumnName and ScoreColumnName must be three names; found '{outputs[0]}', '{outputs[1]}' and '{outputs[2]}'.");
        foreach (string name in Columns.Names.Intersect(outputs, StringComparer.Ordinal))
            problems.Need(false, $"PredictionColumnName, LossColumnName and ScoreColumnName must not take the name of a column that is read: '{name}'.");
        problems.AddRange(TokenProblems());
        problems.AddRange(ConditionProblems(architecture));
        problems.AddRange(Training.MonitorProblems());
        problems.AddRange(Training.Problems());
        string[] ofArchitecture = [.. ArchitectureProblems.Of(architecture, Training, predictsNext: true)];
        problems.AddRange(ofArchitecture.Length > 0 ? ofArchitecture : ArchitectureProblems.OfChunks(architecture, Training));
        problems.AddRange(ReferenceProblems.InRows(
            architecture, (Kind == StepKind.Token, PoolingKind.LastStep), $"a next step of Kind = {Kind}", (Kind == StepKind.Real, false)));
        problems.ThrowIfAny("The next-step trainer's options are wrong.");
    }

    private IEnumerable<string> ConditionProblems(Architecture architecture)
    {
        if (HasConditions && (ContinuousText || TiedEmbedding))
            yield return "StaticColumnNames and KnownColumnName exclude ContinuousText and TiedEmbedding.";
        if (HasConditions && architecture.LastConditions > 0)
            yield return $"Conditions must be 0 with StaticColumnNames or KnownColumnName, which say it; found {architecture.LastConditions}.";
        else if (Kind == StepKind.Token && architecture.LastConditions > 0)
            yield return ArchitectureProblems.ConditionsOfTokens(architecture);
        if (architecture.IsSolved && HasConditions)
            yield return $"{architecture.Name} is solved in closed form and reads no StaticColumnNames or KnownColumnName.";
    }

    private IEnumerable<string> TokenProblems()
    {
        if (Kind != StepKind.Token && (Tokens is not null || TiedEmbedding || AdaptiveSoftmax.Count > 0 || ContinuousText))
            yield return "Tokens, TiedEmbedding, AdaptiveSoftmax and ContinuousText need Kind = Token.";
        if (TiedEmbedding && AdaptiveSoftmax.Count > 0)
            yield return "TiedEmbedding and AdaptiveSoftmax exclude each other.";
        if (AdaptiveSoftmax.Count > 0 && (AdaptiveSoftmax[0] < 1 || AdaptiveSoftmax.Zip(AdaptiveSoftmax.Skip(1)).Any(pair => pair.First >= pair.Second)))
            yield return $"AdaptiveSoftmax must ascend from 1 or above; found [{string.Join(", ", AdaptiveSoftmax)}].";
        if (ContinuousText && SamplingKeyColumnName is not null)
            yield return "SamplingKeyColumnName has no meaning with ContinuousText: the rows are one text, whose end is the validation part.";
        if (ContinuousText && Training.BackpropSteps is null)
            yield return "ContinuousText needs Training.BackpropSteps, the steps of a chunk.";
    }
}
