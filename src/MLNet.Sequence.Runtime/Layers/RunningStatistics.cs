namespace MLNet.Sequence.Layers;

/// <summary>
/// At each step the sequence so far in a few numbers: of each channel mean, deviation (the root of the mean squared difference from the mean),
/// smallest, largest, first and last value, and how far it rises from the first to the last step on the line of least squares; and the number of
/// steps. [B, T, C] becomes [B, T, 7 C + 1], channel behind channel, the number of steps last.
/// </summary>
public sealed record RunningStatistics : Layer
{
    /// <summary>Numbers of a channel.</summary>
    internal const int OfChannel = 7;

    /// <inheritdoc/>
    public override int? ReceptiveField => null;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => OfChannel * inputSize + 1;
}
