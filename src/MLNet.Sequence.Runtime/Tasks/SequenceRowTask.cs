using System.Text.Json.Serialization;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence;

/// <summary>A task in which each row holds a whole sequence and gets its own output.</summary>
public abstract record SequenceRowTask : SequenceTask
{
    /// <summary>The columns that hold a row's sequence, and how they are read.</summary>
    public required SequenceInput Input { get; init; }

    /// <summary>Steps of the longest sequence in training. Longer ones can be scored.</summary>
    public required int LongestSequence { get; init; }

    /// <summary>The name of the column that scores are written to. Default "Score".</summary>
    [JsonPropertyName("scoreColumn")]
    public string ScoreColumnName { get; init; } = "Score";

    /// <summary>Values that the network gives for a row, or for a step of it.</summary>
    [JsonIgnore]
    public abstract int OutputSize { get; }

    /// <summary>The problems of the task itself, without those of its input.</summary>
    private protected virtual IEnumerable<string> OwnProblems() => [];

    /// <summary>The layers that make the output from the backbone's steps.</summary>
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
    [
        .. Input.Problems(),
        .. StepConditions.Absent(Input),
        .. Limits.AtLeast(1, LongestSequence, nameof(LongestSequence)),
        .. Limits.Name(ScoreColumnName, nameof(ScoreColumnName)),
        .. OwnProblems(),
    ];

    /// <inheritdoc/>
    public override NetworkPlan BuildNetwork(Layer backbone) =>
        Plan([.. Input.Read(backbone), new NetworkNode(NetworkNode.Head, Head, [NetworkNode.Backbone])]);
}
