using System.Text.Json.Serialization;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>The vectors that a model of pairs has in common at its ends.</summary>
public enum EmbeddingSharing
{
    /// <summary>None: source, target and output have their own.</summary>
    None,

    /// <summary>A token of the target has the same vector as input and as output (Press and Wolf, arXiv 1608.05859).</summary>
    TargetAndOutput,

    /// <summary>Source, target and output have one vocabulary and one vector for each token (Vaswani et al., arXiv 1706.03762, section 3.4).</summary>
    All,
}

/// <summary>
/// Predicts a sequence from another: the target from the source, step by step. A row holds a pair. The decoder reads the target so far
/// behind a boundary symbol, and predicts the next token, or the boundary after the last one (teacher forcing: in training the target so far
/// is the actual one). A target of numbers begins behind zeros, the mean of the standardised numbers, and has no end: its length is given
/// (<see cref="TargetSteps"/>).
/// </summary>
public sealed record SequenceToSequence : SequenceTask
{
    // The path of a table that several nodes share.
    private const string Shared = "vectors";

    /// <summary>The column that holds the source, and how it is read.</summary>
    public required SequenceInput Source { get; init; }

    /// <summary>The column that holds the target in training, and its tokens.</summary>
    public required SequenceInput Target { get; init; }

    /// <summary>Steps of the longest source in training. Longer ones can be scored.</summary>
    public required int LongestSource { get; init; }

    /// <summary>
    /// Mean and standard deviation of each of the target's numbers over the training rows. The network reads and predicts numbers standardised by
    /// them. Null: the target has tokens.
    /// </summary>
    public ChannelScaling? TargetScaling { get; init; }

    /// <summary>The number of steps of a predicted target of numbers; null: as many as its source has.</summary>
    public int? TargetSteps { get; init; }

    /// <summary>The number of steps in the longest target that training saw, from which the limit of a search follows; at least 1.</summary>
    public required int LongestTarget { get; init; }

    /// <summary>The vectors that source, target and output have in common. Default none.</summary>
    public EmbeddingSharing Sharing { get; init; }

    /// <summary>How targets are searched for.</summary>
    public SequenceSearch Search { get; init; } = new();

    /// <summary>The column that the predicted target is written to. Default "PredictedSequence".</summary>
    [JsonPropertyName("predictedSequenceColumn")]
    public string PredictedSequenceColumnName { get; init; } = "PredictedSequence";

    /// <summary>The column that the score of the predicted target is written to. Default "Score".</summary>
    [JsonPropertyName("scoreColumn")]
    public string ScoreColumnName { get; init; } = "Score";

    /// <inheritdoc/>
    [JsonIgnore]
    public override int InputSize => Source.Channels;

    internal override int DataChannels => Source.Features;

    /// <summary>The steps of the decoder: the longest target in training, and the boundary of tokens.</summary>
    [JsonIgnore]
    public override int ContextLength => Target.Tokens is null ? LongestTarget : LongestTarget + 1;

    internal override int SourceLength => LongestSource;

    /// <inheritdoc/>
    [JsonIgnore]
    public override SequenceInput? RowInput => Source;

    /// <inheritdoc/>
    [JsonIgnore]
    public override SequenceInput? TargetInput => Target;

    internal override SequenceSearch? TargetSearch => Target.Tokens is null ? null : Search;

    internal override TargetNumbers? TargetNumbers => TargetScaling is { } scaling ? new TargetNumbers(scaling, TargetSteps) : null;

    internal override string Reads => Source.Description;

    /// <summary>
    /// Values that the network gives for a step of the target: a logit for each token, and the last one for the boundary; or its numbers.
    /// </summary>
    [JsonIgnore]
    public int OutputSize => Target.Tokens is { } tokens ? tokens.Count + 1 : Target.Features;

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<TaskOutput> Outputs => Target.Tokens is null ? [Prediction] :
    [
        Prediction,
        new(ScoreColumnName, new SearchScoreDecoding(), "the log-probability of the target, over the length penalty"),
    ];

    /// <summary>The best target that the search finds, or the target's numbers.</summary>
    [JsonIgnore]
    public override TaskOutput Prediction => Target.Tokens is { } tokens
        ? new(PredictedSequenceColumnName, new SearchDecoding(), "the best target that the search finds")
        {
            IsOfEachStep = true,
            Names = OutputNames.Of(tokens.Values, tokens.ValueType),
        }
        : new(PredictedSequenceColumnName, new SteppedDecoding(), $"{string.Join(", ", Target.FeatureNames)}; in the data's units, step by step")
        {
            IsOfEachStep = true,
            Shape = [Target.Features],
        };

    // The network's output for a step of the target: logits, or standardised numbers.
    internal override ValueDecoding Decoded => TargetScaling is { } scaling ? new NumberDecoding(scaling) : new LogOdds();

    internal override TaskLoss Loss => Target.Tokens is null
        ? TaskLoss.SquaresPerStep with { Baselines = ["mean of training"] }
        : TaskLoss.CrossEntropyPerToken;

    internal override IEnumerable<string> Problems()
    {
        string[] problems =
        [
            .. Source.Problems(),
            .. StepConditions.Absent(Source),
            .. StepConditions.Absent(Target),
            .. Target.Problems(),
            .. Limits.AtLeast(1, LongestSource, nameof(LongestSource)),
            .. Limits.AtLeast(1, LongestTarget, nameof(LongestTarget)),
            .. Limits.Defined(Sharing, nameof(Sharing)),
            .. Search.Problems(),
            .. Limits.Name(PredictedSequenceColumnName, nameof(PredictedSequenceColumnName)),
            .. Limits.Name(ScoreColumnName, nameof(ScoreColumnName)),
        ];
        foreach (string problem in problems)
            yield return problem;
        if (Target.Tokens is not { } target)
        {
            foreach (string problem in NumberProblems())
                yield return problem;
            yield break;
        }

        if (TargetScaling is not null || TargetSteps is not null)
            yield return $"{nameof(TargetScaling)} and {nameof(TargetSteps)} are for targets of numbers; found tokens.";

        bool alike = Source.Tokens is { } source && source.Count == target.Count && source.EmbeddingSize == target.EmbeddingSize;
        if (Sharing == EmbeddingSharing.All && !alike)
            yield return $"{nameof(Sharing)} = All needs the same tokens, with vectors of one size, in {nameof(Source)} and {nameof(Target)}.";
    }

    private IEnumerable<string> NumberProblems()
    {
        if (TargetScaling is null)
            yield return $"{nameof(Target)} must have tokens, or numbers with a {nameof(TargetScaling)}; found neither.";
        foreach (string problem in TargetScaling?.Problems(Target.Features, nameof(TargetScaling)) ?? [])
            yield return problem;
        if (TargetSteps is { } steps && TargetNumbers.StepProblem(steps, Math.Max(1, Target.Features), nameof(TargetSteps)) is { } wrong)
            yield return wrong;
        if (Target.MissingValues != MissingValues.Error || Sharing != EmbeddingSharing.None)
            yield return $"A target of numbers has no missing values and no vectors to share; found {Target.MissingValues} and {Sharing}.";
    }

    /// <inheritdoc/>
    /// <remarks>Without an encoder: the backbone attends to the source itself, or to the vectors of its tokens.</remarks>
    public override NetworkPlan BuildNetwork(Layer backbone) => BuildNetwork(backbone, encoder: null);

    internal override NetworkPlan BuildNetwork(Layer backbone, Layer? encoder)
    {
        string read = Source.Tokens is null ? NetworkInput.Past : NetworkNode.Embedding, memory = encoder is null ? read : NetworkNode.Encoder;
        List<NetworkNode> nodes = [];
        if (Source.Tokens is { } source)
            nodes.Add(Vectors(NetworkNode.Embedding, source, NetworkInput.Past, Sharing == EmbeddingSharing.All));
        if (encoder is not null)
            nodes.Add(new NetworkNode(NetworkNode.Encoder, encoder, [read]));
        if (Target.Tokens is { } tokens)
            nodes.Add(Vectors(NetworkNode.TargetEmbedding, tokens, NetworkInput.Target, Sharing != EmbeddingSharing.None));
        string given = Target.Tokens is null ? NetworkInput.Target : NetworkNode.TargetEmbedding;
        nodes.Add(new NetworkNode(NetworkNode.Backbone, backbone, [given]) { Memory = memory });
        string last = NetworkNode.Backbone;
        if (Sharing != EmbeddingSharing.None && Target.Tokens is { } target && backbone.OutputSize(target.EmbeddingSize) != target.EmbeddingSize)
        {
            last = "projection";
            nodes.Add(new NetworkNode(last, new Dense(target.EmbeddingSize), [NetworkNode.Backbone]));
        }

        var head = new NetworkNode(NetworkNode.Head, new Dense(OutputSize), [last]);
        nodes.Add(Sharing == EmbeddingSharing.None ? head : head with { Path = Shared });
        return new NetworkPlan(
            [new(NetworkInput.Past, InputSize, StepCoverage.Past), new(NetworkInput.Target, Target.Features, StepCoverage.Horizon)], nodes)
        { IsOpen = true };
    }

    // Shared vectors, whose rows are the weights of the output too, start small enough for logits near 1, and are scaled up as inputs.
    private NetworkNode Vectors(string node, TokenInput tokens, string input, bool shared)
    {
        bool isTarget = node == NetworkNode.TargetEmbedding;
        double deviation = tokens.InitialDeviation ?? 1, root = Math.Sqrt(tokens.EmbeddingSize);
        var vectors = new Embedding(isTarget || shared ? OutputSize : tokens.Count, tokens.EmbeddingSize)
        {
            InitialDeviation = shared ? deviation / root : deviation,
            Scale = shared ? root : 1,
        };
        Layer[] layers = tokens.Dropout > 0 ? [vectors, new Dropout((float)tokens.Dropout)] : [vectors];
        // Weights of layers inside a Sequential have longer names; a path of "vectors" must be that of the table itself.
        return new NetworkNode(node, layers.Length == 1 ? vectors : new Sequential(layers) { Names = ["vectors", "dropout"] }, [input])
        {
            Path = (shared, layers.Length) switch
            {
                (true, 1) => Shared,
                (true, _) => "",
                (false, _) => node,
            },
        };
    }
}

/// <summary>A target of numbers.</summary>
/// <param name="Scaling">The scaling of each number of a step.</param>
/// <param name="Steps">The number of steps of a predicted target; null: as many as its source has.</param>
internal sealed record TargetNumbers(ChannelScaling Scaling, int? Steps)
{
    /// <summary>What is wrong with a number of steps of so many numbers each, in a sentence; null: nothing.</summary>
    public static string? StepProblem(int steps, int width, string name) => steps >= 1 && (long)steps * width <= Array.MaxLength
        ? null
        : FormattableString.Invariant(
            $"{name} must be from 1 to {Array.MaxLength / width}: one array holds the numbers of all steps, {width} each; found {steps}.");
}
