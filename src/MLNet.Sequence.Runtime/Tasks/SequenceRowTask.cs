using System.Text.Json.Serialization;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tasks;

/// <summary>A task in which a row holds a whole sequence, and each row gets its output on its own.</summary>
public abstract record SequenceRowTask : SequenceTask
{
    /// <summary>Where the sequence of a row is read from.</summary>
    public required SequenceInput Input { get; init; }

    /// <summary>How the backbone's steps become one.</summary>
    public required PoolingKind Pooling { get; init; }

    /// <summary>Steps of the longest sequence in training. Longer ones can be scored.</summary>
    public required int LongestSequence { get; init; }

    /// <summary>The column that scores are written to.</summary>
    public string ScoreColumn { get; init; } = "Score";

    /// <summary>Values that the network gives for a row.</summary>
    [JsonIgnore]
    public abstract int OutputSize { get; }

    /// <inheritdoc/>
    public override int InputSize => Input.Features;

    /// <inheritdoc/>
    public override int ContextLength => LongestSequence;

    /// <inheritdoc/>
    public override Layer BuildNetwork(Layer backbone)
    {
        var head = new Sequential(new Pooling(Pooling), new Dense(OutputSize)) { Names = ["pooling", "dense"] };
        return new Sequential(Input.Read(backbone), head) { Names = ["backbone", "head"] };
    }
}
