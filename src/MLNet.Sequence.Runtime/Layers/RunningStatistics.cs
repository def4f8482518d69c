namespace MLNet.Sequence.Layers;

/// <summary>
/// Statistics of the sequence so far, at each step. For each channel: mean, standard deviation (the root of the mean squared difference
/// from the mean), smallest, largest, first and last value, and the rise of the least-squares line from the first to the last step; and the
/// number of steps. [B, T, C] becomes [B, T, 7 C + 1], channel after channel, the number of steps last.
/// </summary>
public sealed record RunningStatistics : Layer
{
    /// <summary>Number of statistics per channel.</summary>
    internal const int OfChannel = 7;

    /// <inheritdoc/>
    public override int? ReceptiveField => null;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => OfChannel * inputSize + 1;
}
