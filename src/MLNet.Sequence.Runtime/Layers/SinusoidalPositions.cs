namespace MLNet.Sequence.Layers;

/// <summary>
/// Adds waves by which a step can tell where it stands (Vaswani et al., arXiv 1706.03762, section 3.5), [B, T, C] to [B, T, C]:
/// at step t, from 0, channel 2i gains sin(t / 10000^(2i/C)) and channel 2i + 1 the cosine of the same.
/// </summary>
public sealed record SinusoidalPositions : Layer
{
    /// <inheritdoc/>
    /// <remarks>
    /// Null: an output depends on how many steps came before it, however many. A window that starts later gives other outputs.
    /// </remarks>
    public override int? ReceptiveField => null;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;

    /// <summary>What the step after so many others gains in a channel; in double precision, for a stream may be long.</summary>
    internal static double Wave(long time, int channel, int channels)
    {
        double angle = time * CausalAttention.Angle(channel / 2, channels);
        return channel % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle);
    }
}
