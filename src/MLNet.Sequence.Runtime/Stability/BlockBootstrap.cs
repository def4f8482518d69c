namespace MLNet.Sequence.Stability;

/// <summary>
/// Resamples of neighbouring examples: circular blocks, so that every example is drawn as often as any other and the
/// likeness of neighbours is kept (Politis and Romano 1992, "A circular block-resampling procedure for stationary data").
/// </summary>
internal sealed class BlockBootstrap
{
    private readonly int[][] _resamples;
    private readonly double _confidence;

    /// <param name="count">Examples, in the order in which they neighbour each other.</param>
    /// <param name="resamples">How many.</param>
    /// <param name="confidence">The part of them that an interval holds.</param>
    /// <param name="seed">What they follow from.</param>
    public BlockBootstrap(int count, int resamples, double confidence, long seed)
    {
        _confidence = confidence;
        int block = (int)Math.Ceiling(Math.Cbrt(count) - 1e-9);
        var random = new RandomStream(seed, count);
        _resamples = new int[resamples][];
        for (int i = 0; i < resamples; i++)
        {
            var drawn = _resamples[i] = new int[count];
            for (int at = 0; at < count; at += block)
            {
                int first = (int)random.NextInt64(count);
                for (int j = at; j < Math.Min(at + block, count); j++)
                    drawn[j] = (first + j - at) % count;
            }
        }
    }

    /// <summary>The mean of values over each resample.</summary>
    public double[] Means(double[] values)
    {
        var means = new double[_resamples.Length];
        for (int i = 0; i < means.Length; i++)
        {
            double sum = 0;
            foreach (int example in _resamples[i])
                sum += values[example];
            means[i] = sum / values.Length;
        }

        return means;
    }

    /// <summary>The interval of a statistic that was computed of each resample.</summary>
    public (double Low, double High) Interval(IEnumerable<double> statistics)
    {
        double[] sorted = [.. statistics.Order()];
        double tail = (1 - _confidence) / 2;
        return (sorted[(int)(tail * (sorted.Length - 1))], sorted[(int)Math.Ceiling((1 - tail) * (sorted.Length - 1))]);
    }
}
