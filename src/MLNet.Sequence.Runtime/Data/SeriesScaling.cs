namespace MLNet.Sequence.Data;

/// <summary>Mean and standard deviation of each channel. A deviation is never 0: a constant channel has 1.</summary>
/// <param name="Mean">One per channel, in the data's units.</param>
/// <param name="Deviation">One per channel, in the data's units; of the population (divided by n).</param>
public sealed record ChannelScaling(float[] Mean, float[] Deviation)
{
    internal void Apply(Span<float> rows)
    {
        for (int i = 0; i < rows.Length; i += Mean.Length)
        {
            for (int channel = 0; channel < Mean.Length; channel++)
                rows[i + channel] = (rows[i + channel] - Mean[channel]) / Deviation[channel];
        }
    }

    /// <summary>Returns rows of the first <paramref name="channels"/> channels to the data's units.</summary>
    internal void Undo(Span<float> rows, int channels)
    {
        for (int i = 0; i < rows.Length; i++)
            rows[i] = rows[i] * Deviation[i % channels] + Mean[i % channels];
    }
}

/// <summary>Standardisation per series, fitted on training rows only.</summary>
public sealed class SeriesScaling
{
    private readonly Dictionary<string, ChannelScaling> _bySeries;

    internal SeriesScaling(ChannelScaling pooled, IEnumerable<KeyValuePair<string, ChannelScaling>> bySeries)
    {
        Pooled = pooled;
        _bySeries = new Dictionary<string, ChannelScaling>(bySeries, StringComparer.Ordinal);
    }

    /// <summary>Over the rows of all series: for a series that was not in training.</summary>
    public ChannelScaling Pooled { get; }

    /// <summary>By series key; empty when the training data was one series without a key.</summary>
    public IReadOnlyDictionary<string, ChannelScaling> BySeries => _bySeries;

    /// <summary>The scaling of a series; <see cref="Pooled"/> when it was not in training.</summary>
    public ChannelScaling this[string? key] => key is not null && _bySeries.TryGetValue(key, out ChannelScaling? own) ? own : Pooled;

    /// <summary>Fits on the first steps of each series; NaN values are left out.</summary>
    /// <param name="set">The series.</param>
    /// <param name="steps">How many steps of a series, given its length, are training rows.</param>
    public static SeriesScaling Fit(SeriesSet set, Func<long, long> steps)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(steps);
        var pooled = new Moments(set.Channels);
        var bySeries = new Dictionary<string, ChannelScaling>(StringComparer.Ordinal);
        foreach (Series series in set.Series)
        {
            var own = new Moments(set.Channels);
            for (long step = 0; step < steps(series.Length); step++)
                own.Add(series.Rows.Row(step));
            pooled.Add(own);
            if (series.Key is { } key)
                bySeries.Add(key, own.ToScaling());
        }

        return new SeriesScaling(pooled.ToScaling(), bySeries);
    }

    /// <summary>Running mean and sum of squared differences (Welford 1962; combined as in Chan et al. 1979).</summary>
    private sealed class Moments(int channels)
    {
        private readonly double[] _count = new double[channels], _mean = new double[channels], _squares = new double[channels];

        public void Add(ReadOnlySpan<float> row)
        {
            for (int i = 0; i < row.Length; i++)
            {
                if (!float.IsNaN(row[i]))
                    Combine(i, 1, row[i], 0);
            }
        }

        public void Add(Moments other)
        {
            for (int i = 0; i < _count.Length; i++)
                Combine(i, other._count[i], other._mean[i], other._squares[i]);
        }

        public ChannelScaling ToScaling()
        {
            var deviation = new float[_count.Length];
            for (int i = 0; i < deviation.Length; i++)
            {
                float value = (float)Math.Sqrt(_count[i] > 0 ? _squares[i] / _count[i] : 0);
                deviation[i] = value > 0 ? value : 1;
            }

            return new ChannelScaling([.. _mean.Select(mean => (float)mean)], deviation);
        }

        private void Combine(int i, double count, double mean, double squares)
        {
            double total = _count[i] + count;
            if (count == 0)
                return;
            double difference = mean - _mean[i];
            _mean[i] += difference * count / total;
            _squares[i] += squares + difference * difference * _count[i] * count / total;
            _count[i] = total;
        }
    }
}
