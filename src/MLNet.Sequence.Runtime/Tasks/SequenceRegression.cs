using System.Text.Json.Serialization;
using MLNet.Sequence.Data;

namespace MLNet.Sequence.Tasks;

/// <summary>A number for each row.</summary>
public sealed record SequenceRegression : SequenceRowTask
{
    /// <summary>The label's mean and deviation over the training rows; the network gives the label standardised by them.</summary>
    public required ChannelScaling LabelScaling { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override int OutputSize => 1;

    /// <inheritdoc/>
    internal override void Decode(Span<float> output, ChannelScaling scaling) => LabelScaling.Undo(output, OutputSize);
}
