namespace MLNet.Sequence.Data;

/// <summary>
/// Running mean and sum of squared differences of each channel (Welford 1962; combined as in Chan et al. 1979). NaN values
/// are left out.
/// </summary>
internal sealed class ChannelMoments(int channels)
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

    public void Add(ChannelMoments other)
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
