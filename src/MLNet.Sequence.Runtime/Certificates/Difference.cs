using System.Numerics.Tensors;

namespace MLNet.Sequence.Certificates;

/// <summary>A bound on the difference of two runs at one step: in each channel, and over all channels in the Euclidean norm.</summary>
internal sealed class Difference
{
    private readonly double[] _channels;

    /// <param name="channels">One bound per channel; the array is kept.</param>
    /// <param name="length">A separately known bound of the Euclidean norm.</param>
    public Difference(double[] channels, double length = double.PositiveInfinity)
    {
        _channels = channels;
        Length = Math.Min(length, Outward.Length(channels));
        TensorPrimitives.Min(channels, Length, channels);
    }

    public ReadOnlySpan<double> Channels => _channels;

    public double Length { get; }

    /// <summary>Both runs are the same here.</summary>
    public bool IsNone => Length == 0;

    public int Count => _channels.Length;

    public static Difference None(int channels) => new(new double[channels]);

    /// <summary>Each channel is known to be within a range.</summary>
    public Difference Within(ValueRange range)
    {
        if (IsNone)
            return this;
        var channels = new double[Count];
        for (int i = 0; i < Count; i++)
            channels[i] = Math.Min(_channels[i], range.Width(i));
        return new Difference(channels, Length);
    }

    /// <summary>Both bounds hold.</summary>
    public Difference Least(Difference other)
    {
        var least = new double[Count];
        TensorPrimitives.Min(_channels, other._channels, least);
        return new Difference(least, Math.Min(Length, other.Length));
    }

    /// <summary>A bound on the difference of sums whose terms differ by this and by <paramref name="other"/>.</summary>
    public Difference Plus(Difference other)
    {
        if (other.IsNone)
            return this;
        var sum = new double[Count];
        TensorPrimitives.Add(_channels, other._channels, sum);
        TensorPrimitives.Multiply(sum, Outward.Up(1), sum);
        return new Difference(sum, Outward.Up(Length + other.Length));
    }
}
