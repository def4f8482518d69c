namespace MLNet.Sequence.Data;

/// <summary>
/// Running mean and sum of squared differences of each channel (Welford 1962; combined as in Chan et al. 1979). NaN values
/// are left out.
/// </summary>
internal sealed class ChannelMoments(int channels)
{
    // The mean of n equal doubles may differ from them in its last bits.
    private const double RoundingNoise = 1e-14;

    // A ripple is this fraction of a level; noise around zero has a level of few standard deviations. Between them are series that are merely small.
    private const double Ripple = 1e-4, NoiseLevel = 3;

    private readonly double[] _count = new double[channels], _mean = new double[channels], _squares = new double[channels];

    public void Add(ReadOnlySpan<double> rows)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            if (!double.IsNaN(rows[i]))
                Combine(i % _count.Length, 1, rows[i], 0);
        }
    }

    public void Add(ReadOnlySpan<float> row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            if (!float.IsNaN(row[i]))
                Combine(i, 1, row[i], 0);
        }
    }

    public void Add(ChannelMoments other)
    {
        for (int i = 0; i < _count.Length; i++)
            Combine(i, other._count[i], other._mean[i], other._squares[i]);
    }

    /// <summary>Whether a channel has only one value, or none; rounding errors do not count as variation.</summary>
    public bool IsConstant(int channel) => !(Deviation(channel) > Math.Abs(_mean[channel]) * RoundingNoise);

    /// <summary>Adds the variation of other values around their own mean, without that mean.</summary>
    public void AddVariation(ChannelMoments other)
    {
        for (int i = 0; i < _count.Length; i++)
            Combine(i, other._count[i], 0, other._squares[i]);
    }

    /// <summary>
    /// Whether a channel is constant, or as good as constant compared with others: a series that is inactive now and may become active.
    /// </summary>
    /// <param name="channel">The channel.</param>
    /// <param name="within">The variation of series.</param>
    public bool IsAsleep(int channel, ChannelMoments within)
    {
        double own = Deviation(channel), level = Math.Abs(_mean[channel]);
        return IsConstant(channel) || own < Ripple * within.Deviation(channel) && (own < Ripple * level || level < NoiseLevel * own);
    }

    /// <summary>Means and standard deviations. A constant channel has the standard deviation of the pool, or 1 if there is none.</summary>
    /// <param name="pool">The moments of all series; null: these are all.</param>
    /// <param name="within">The variation of series: a channel that is inactive compared with it counts as constant; null: not known.</param>
    public ChannelScaling ToScaling(ChannelScaling? pool = null, ChannelMoments? within = null)
    {
        bool[] constant = [.. Enumerable.Range(0, _count.Length).Select(channel => within is null ? IsConstant(channel) : IsAsleep(channel, within))];
        return new ChannelScaling(
            [.. _mean.Select((mean, i) => _count[i] == 0 && pool is not null ? pool.Mean[i] : mean)],
            [.. constant.Select((still, i) => still ? pool?.Deviation[i] ?? 1 : Deviation(i))])
        {
            Constant = pool is null && constant.Contains(true) ? constant : null,
        };
    }

    /// <summary>The standard deviation of a channel's values.</summary>
    public double Deviation(int channel) => _count[channel] > 0 ? Math.Sqrt(_squares[channel] / _count[channel]) : 0;

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
