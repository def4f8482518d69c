using System.Text.Json.Serialization;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>The kind of values in the steps of a sequence, and so of the prediction of a step.</summary>
public enum StepKind
{
    /// <summary>
    /// Values that are 0 or 1, such as the keys of a piano: the probability of 1 for each, independently of the others. The loss of a step
    /// is the sum of their binary cross-entropies, in nats, as in papers on music (Boulanger-Lewandowski et al., arXiv 1206.6392; Bai et
    /// al., arXiv 1803.01271). The network reads them unchanged.
    /// </summary>
    MultiLabel,

    /// <summary>
    /// Real numbers: the loss of a step is the mean over its features of the squared error in standardised units.
    /// </summary>
    Real,

    /// <summary>
    /// Tokens, one per step: the probability of each token to be the next. The loss of a step is the cross-entropy in nats: minus the
    /// logarithm of the probability of the actual token.
    /// </summary>
    Token,
}

/// <summary>Predicts each step of a sequence from those before it. A row holds a whole sequence.</summary>
public sealed record NextStep : SequenceTask
{
    /// <summary>The columns that hold a row's sequence, and how they are read.</summary>
    public required SequenceInput Input { get; init; }

    /// <summary>The kind of values in the steps, and so of the predictions.</summary>
    public required StepKind Kind { get; init; }

    /// <summary>Steps of the longest sequence in training. Longer ones can be scored.</summary>
    public required int LongestSequence { get; init; }

    /// <summary>Whether a token has the same vector in the input and in the output (<see cref="Layers.TiedEmbedding"/>).</summary>
    public bool TiedEmbedding { get; init; }

    /// <summary>Where the clusters of rare tokens begin (<see cref="Layers.AdaptiveSoftmax"/>); empty: there are none.</summary>
    public IReadOnlyList<int> AdaptiveSoftmax { get; init => field = ValueList.Of(value ?? []); } = ValueList.Create<int>();

    /// <summary>The column that the predicted step after a row's last one is written to.</summary>
    [JsonPropertyName("predictionColumn")]
    public string PredictionColumnName { get; init; } = "Prediction";

    /// <summary>The column that the probabilities of the token after a row's last one are written to.</summary>
    [JsonPropertyName("scoreColumn")]
    public string ScoreColumnName { get; init; } = "Score";

    /// <summary>The column that a row's mean loss per step is written to.</summary>
    [JsonPropertyName("lossColumn")]
    public string LossColumnName { get; init; } = "Loss";

    /// <inheritdoc/>
    [JsonIgnore]
    public override int InputSize => Input.Features + (Input.Conditions?.KnownSize ?? 0);

    internal override int DataChannels => Input.RowSize;

    internal override int Conditions => Input.Conditions?.Width ?? 0;

    internal override int SeriesChannels => Input.Conditions?.StaticSize ?? 0;

    /// <inheritdoc/>
    [JsonIgnore]
    public override int ContextLength => Math.Max(1, LongestSequence - 1);

    /// <inheritdoc/>
    [JsonIgnore]
    public override SequenceInput? RowInput => Input;

    /// <inheritdoc/>
    [JsonIgnore]
    public override StepKind? NextSteps => Kind;

    internal override string Reads => Kind == StepKind.MultiLabel ? $"{string.Join(", ", Input.FeatureNames)}; values of 0 and 1" : Input.Description;

    internal override Answered Answered => Answered.LastStep;

    internal override NextStep? Taught =>
        this is { TiedEmbedding: false, AdaptiveSoftmax.Count: 0, Input.Tokens: { Keys: false, Tokenizer: null } } ? this : null;

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<TaskOutput> Outputs => Kind == StepKind.Token
        ? [new(PredictionColumnName, new LikeliestDecoding(), "the step after the last: the most likely token") { Names = Names }, Prediction, RowLoss]
        : [Prediction, RowLoss];

    /// <summary>The step after the last: for each value the probability of 1, or the numbers, or the probability of each token.</summary>
    [JsonIgnore]
    public override TaskOutput Prediction => Kind switch
    {
        StepKind.Real => new(PredictionColumnName, new NumberDecoding(Input.Features), "the step after the last: in the data's units") { Shape = [OutputSize] },
        StepKind.MultiLabel => new(PredictionColumnName, new LogisticDecoding(), "the step after the last: probabilities of 1") { Shape = [OutputSize] },
        _ => new(ScoreColumnName, new SoftmaxDecoding(), "the step after the last: probabilities of the tokens")
        {
            Shape = [OutputSize],
            Names = Names,
        },
    };

    internal override TaskLoss Loss => Kind switch
    {
        StepKind.Real => TaskLoss.SquaresPerStep,
        StepKind.MultiLabel => TaskLoss.BinaryPerStep,
        _ => TaskLoss.CrossEntropyPerToken,
    };

    internal override int Overlap(double stride) => 1;

    private TaskOutput RowLoss => new(LossColumnName, new LossDecoding(), "mean loss per predicted step");

    private OutputNames? Names => Input.Tokens is { ValueType: { } type } tokens
        ? new OutputNames([.. Enumerable.Range(0, tokens.Count).Select(tokens.ValueOf)], type) : null;

    internal override IEnumerable<string> Problems()
    {
        string[] problems =
        [
            .. Input.Problems(),
            .. Limits.Defined(Kind, nameof(Kind)),
            .. Limits.AtLeast(1, LongestSequence, nameof(LongestSequence)),
            .. Limits.Name(PredictionColumnName, nameof(PredictionColumnName)),
            .. Limits.Name(ScoreColumnName, nameof(ScoreColumnName)),
            .. Limits.Name(LossColumnName, nameof(LossColumnName)),
        ];
        foreach (string problem in problems)
            yield return problem;
        if ((Kind == StepKind.Token) != Input.Tokens is not null)
            yield return $"Steps of the kind {Kind} {(Kind == StepKind.Token ? "need" : "have no")} tokens.";
        if (TiedEmbedding && Input.Conditions is not null)
            yield return $"{nameof(TiedEmbedding)} has no place for conditions.";
        if ((TiedEmbedding || AdaptiveSoftmax.Count > 0) && Kind != StepKind.Token)
            yield return $"{nameof(TiedEmbedding)} and {nameof(AdaptiveSoftmax)} are for tokens; the steps are of the kind {Kind}.";
    }

    /// <summary>Values that the network gives for a step: a logit for each token or key, or the numbers.</summary>
    [JsonIgnore]
    public int OutputSize => Input.Tokens?.Count ?? Input.Features;

    /// <inheritdoc/>
    public override NetworkPlan BuildNetwork(Layer backbone)
    {
        if (TiedEmbedding && Input.Tokens is { } tokens)
        {
            Layer inner = tokens.Dropout > 0 ? new Sequential(new Dropout(tokens.Dropout), backbone) : backbone;
            var tied = new TiedEmbedding(inner, tokens.Count, tokens.EmbeddingSize) { InitialDeviation = tokens.InitialDeviation ?? 1 };
            return NetworkPlan.Of(tied, InputSize);
        }

        Layer head = AdaptiveSoftmax.Count > 0 ? new AdaptiveSoftmax(OutputSize, AdaptiveSoftmax) : new Dense(OutputSize);
        return Input.Conditions is not null ? ConditionedPlan.Build(this, backbone, head)
            : Plan([.. Input.Read(backbone), new NetworkNode(NetworkNode.Head, head, [NetworkNode.Backbone])]);
    }
}
