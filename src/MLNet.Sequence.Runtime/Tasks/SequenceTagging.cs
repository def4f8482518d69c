using System.Text.Json.Serialization;
using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tasks;

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
    /// <summary>A tagging task, whose scores are those of steps.</summary>
    public SequenceTagging() => ScoreColumn = "Scores";

    /// <summary>The number of tags, one score each; at least 2.</summary>
    public required int Tags { get; init; }

    /// <summary>The values of the label's keys, written as text; null where its keys have no values.</summary>
    public IReadOnlyList<string>? TagValues { get; init => field = ValueList.Of(value); }

    /// <summary>ML.NET's name of the type of those values, as "String".</summary>
    public string? TagValueType { get; init; }

    /// <summary>How the tags of a sequence are chosen. Default: each step on its own.</summary>
    public TagDecoding Decoding { get; init; }

    /// <summary>The name of the column that the chosen tags are written to. Default "PredictedLabels".</summary>
    public string PredictedLabelsColumn { get; init; } = "PredictedLabels";

    /// <summary>Values that the network gives for each step: a score for each tag.</summary>
    [JsonIgnore]
    public override int OutputSize => Tags;

    /// <summary>Where the weights of the chain are; null where there is none.</summary>
    [JsonIgnore]
    internal string? ChainPath => Decoding == TagDecoding.Chain ? "head.chain" : null;

    /// <summary>What decodes all steps together; null where each is decoded alone.</summary>
    internal TagChain? Chain(Weights weights) => ChainPath is { } path ? new TagChain(weights, path) : null;

    /// <summary>The probability of each tag at each step, on its own or given all steps.</summary>
    /// <param name="scores">[T, tags].</param>
    /// <param name="probabilities">As many, to be filled.</param>
    /// <param name="chain">That of the model.</param>
    internal void Probabilities(ReadOnlySpan<float> scores, Span<float> probabilities, TagChain? chain)
    {
        if (chain is not null && !scores.IsEmpty)
        {
            chain.Marginals(scores, probabilities);
            return;
        }

        scores.CopyTo(probabilities);
        for (int i = 0; i < scores.Length; i += Tags)
            Logistic.Softmax(probabilities.Slice(i, Tags));
    }

    private protected override IEnumerable<string> OwnProblems() =>
    [
        .. Limits.AtLeast(1, Tags, nameof(Tags)),
        .. Limits.Defined(Decoding, nameof(Decoding)),
        .. Limits.OneEach(TagValues, Tags, nameof(TagValues)),
        .. Limits.Name(PredictedLabelsColumn, nameof(PredictedLabelsColumn)),
    ];

    /// <inheritdoc/>
    /// <remarks>The probability of each tag of a step on its own.</remarks>
    internal override Answered Answered => Answered.EachStep;

    // What a conditional random field decodes together is not bounded, only the scores that it reads.
    internal override TaskOutput Output => Decoding == TagDecoding.Steps ? TaskOutput.Softmax : TaskOutput.Numbers;

    internal override TaskLoss Loss(Weights weights) => TaskLoss.Tags(Tags, Chain(weights));

    internal override void Decode(Span<float> output, ChannelScaling scaling) => Logistic.Softmax(output);

    private protected override Layer Head => Decoding == TagDecoding.Chain
        ? new Sequential(new Dense(Tags), new LinearChain(Tags)) { Names = ["dense", "chain"] }
        : new Sequential(new Dense(Tags)) { Names = ["dense"] };
}
