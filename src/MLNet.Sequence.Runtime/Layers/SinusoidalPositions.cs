namespace MLNet.Sequence.Layers;

/// <summary>
/// Adds waves that show each step its position (Vaswani et al., arXiv 1706.03762, section 3.5), [B, T, C] to [B, T, C]:
/// at step t, from 0, sin(t / 10000^(2i/C)) is added to channel 2i, and the cosine of the same to channel 2i + 1.
/// </summary>
public sealed record SinusoidalPositions : Layer
{
    /// <inheritdoc/>
    /// <remarks>
    /// Null: an output depends on the number of all steps before it. A window that starts later gives other outputs.
    /// </remarks>
    public override int? ReceptiveField => null;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;

    /// <summary>
    /// The value added to a channel at a step, given the number of steps before it; in double precision, because a stream may be long.
    /// </summary>
    internal static double Wave(long time, int channel, int channels)
    {
        double angle = time * CausalAttention.Angle(channel / 2, channels);
        return channel % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle);
    }
}
