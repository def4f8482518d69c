using System.Text.Json.Serialization;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence;

/// <summary>A task in which a row holds a whole sequence, and each row gets its output on its own.</summary>
public abstract record SequenceRowTask : SequenceTask
{
    /// <summary>From which columns, and how, the sequence of a row is read.</summary>
    public required SequenceInput Input { get; init; }

    /// <summary>Steps of the longest sequence in training. Longer ones can be scored.</summary>
    public required int LongestSequence { get; init; }

    /// <summary>The name of the column that scores are written to. Default "Score".</summary>
    [JsonPropertyName("scoreColumn")]
    public string ScoreColumnName { get; init; } = "Score";

    /// <summary>Values that the network gives for a row, or for a step of it.</summary>
    [JsonIgnore]
    public abstract int OutputSize { get; }

    /// <summary>What cannot be of the task itself, beside its input.</summary>
    private protected virtual IEnumerable<string> OwnProblems() => [];

    /// <summary>What makes the output of the backbone's steps.</summary>
    private protected abstract Layer Head { get; }

    /// <inheritdoc/>
    public override int InputSize => Input.Channels;

    /// <inheritdoc/>
    [JsonIgnore]
    public override SequenceInput? RowInput => Input;

    internal override string Reads => Input.Description;

    internal override int DataChannels => Input.Features;

    /// <inheritdoc/>
    public override int ContextLength => LongestSequence;

    internal override IEnumerable<string> Problems() =>
        [.. Input.Problems(), .. Limits.AtLeast(1, LongestSequence, nameof(LongestSequence)), .. Limits.Name(ScoreColumnName, nameof(ScoreColumnName)),
            .. OwnProblems()];

    /// <inheritdoc/>
    public override NetworkPlan BuildNetwork(Layer backbone) =>
        Plan([.. Input.Read(backbone), new NetworkNode(NetworkNode.Head, Head, [NetworkNode.Backbone])]);
}
