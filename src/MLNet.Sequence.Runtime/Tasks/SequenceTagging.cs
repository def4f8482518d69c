using System.Text.Json.Serialization;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>How the tags of a sequence are chosen from the scores of its steps.</summary>
public enum TagDecoding
{
    /// <summary>Each step on its own, by a softmax over its tags.</summary>
    Steps,

    /// <summary>
    /// All steps together, by a conditional random field that also scores which tag follows which (Lafferty et al. 2001): the
    /// best sequence of tags, by Viterbi's algorithm.
    /// </summary>
    Chain,
}

/// <summary>A tag for each step of a row's sequence.</summary>
public sealed record SequenceTagging : SequenceRowTask
{
    /// <summary>A tagging task, with scores for each step.</summary>
    public SequenceTagging() => ScoreColumnName = "Scores";

    /// <summary>The number of tags, one score each; at least 2.</summary>
    public required int Tags { get; init; }

    /// <summary>The values of the label's keys, as text; null if its keys have no values.</summary>
    public IReadOnlyList<string>? TagValues { get; init => field = ValueList.Of(value); }

    /// <summary>ML.NET's name of the type of those values, such as "String".</summary>
    public string? TagValueType { get; init; }

    /// <summary>How the tags of a sequence are chosen. Default: each step on its own.</summary>
    public TagDecoding Decoding { get; init; }

    /// <summary>The name of the column that the chosen tags are written to. Default "PredictedLabels".</summary>
    [JsonPropertyName("predictedLabelsColumn")]
    public string PredictedLabelsColumnName { get; init; } = "PredictedLabels";

    /// <summary>Values that the network gives for each step: a score for each tag.</summary>
    [JsonIgnore]
    public override int OutputSize => Tags;

    internal override string? ChainPath => Decoding == TagDecoding.Chain ? "head.chain" : null;

    private protected override IEnumerable<string> OwnProblems() =>
    [
        .. Limits.AtLeast(1, Tags, nameof(Tags)),
        .. Limits.Defined(Decoding, nameof(Decoding)),
        .. Limits.OneEach(TagValues, Tags, nameof(TagValues)),
        .. Limits.Name(PredictedLabelsColumnName, nameof(PredictedLabelsColumnName)),
    ];

    internal override Answered Answered => Answered.EachStep;

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<TaskOutput> Outputs =>
    [
        new(PredictedLabelsColumnName, new LikeliestDecoding(), IsChain ? "the best sequence of tags" : "the most likely tag of each step")
        {
            IsOfEachStep = true,
            Names = Names,
        },
        Prediction,
    ];

    /// <summary>The probability of each tag at each step, on its own or given all steps.</summary>
    [JsonIgnore]
    public override TaskOutput Prediction =>
        new(ScoreColumnName, new SoftmaxDecoding { Together = IsChain }, $"probabilities of the tags of each step{(IsChain ? ", given all steps" : "")}")
        {
            Shape = [Tags],
            IsOfEachStep = true,
            Names = Names,
        };

    internal override TaskLoss Loss => TaskLoss.Tags(Tags, chain: null);

    internal override TaskLoss LossBy(Weights weights) => TaskLoss.Tags(Tags, Chain(weights));

    private bool IsChain => Decoding == TagDecoding.Chain;

    private OutputNames? Names => OutputNames.Of(TagValues, TagValueType);

    private protected override Layer Head => Decoding == TagDecoding.Chain
        ? new Sequential(new Dense(Tags), new LinearChain(Tags)) { Names = ["dense", "chain"] }
        : new Sequential(new Dense(Tags)) { Names = ["dense"] };
}
