using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>Rotates queries or keys by their position (Su et al., arXiv 2104.09864): the pairs of channels of each head.</summary>
/// <param name="width">Channels of a head, an even number.</param>
internal sealed class HeadRotation(int width)
{
    private readonly double[] _angles = [.. Enumerable.Range(0, width / 2).Select(pair => CausalAttention.Angle(pair, width))];

    /// <param name="x">The channels of all heads of a step; changed.</param>
    /// <param name="time">The number of steps before it.</param>
    public void Turn(Span<float> x, long time)
    {
        for (int pair = 0; pair < _angles.Length; pair++)
        {
            // In double precision, because a stream may be long.
            (double sin, double cos) = Math.SinCos(time * _angles[pair]);
            for (int i = 2 * pair; i < x.Length; i += width)
            {
                (float a, float b) = (x[i], x[i + 1]);
                (x[i], x[i + 1]) = ((float)(a * cos - b * sin), (float)(a * sin + b * cos));
            }
        }
    }
}
