using System.Numerics.Tensors;
using MLNet.Sequence.Data;

namespace MLNet.Sequence.Estimators;

/// <summary>
/// A row in a few numbers, whatever its length: of each channel mean, deviation, smallest, largest, first and last value, and its slope over the
/// whole row, by least squares; and the number of steps. Of tokens, how large a part of the row each of them is.
/// </summary>
internal static class SummaryStatistics
{
    private const int OfChannel = 7;

    /// <param name="values">Step by step, so many channels each; at least one step.</param>
    /// <param name="channels">Values of a step.</param>
    public static double[] Of(float[] values, int channels)
    {
        int steps = values.Length / channels;
        var statistics = new double[channels * OfChannel + 1];
        var channel = new double[steps];
        for (int c = 0; c < channels; c++)
        {
            for (int step = 0; step < steps; step++)
                channel[step] = values[step * channels + c];
            double mean = TensorPrimitives.Sum<double>(channel) / steps, squares = 0, moment = 0, times = 0;
            for (int step = 0; step < steps; step++)
            {
                double time = step - (steps - 1) / 2.0;
                squares += (channel[step] - mean) * (channel[step] - mean);
                moment += time * channel[step];
                times += time * time;
            }

            double slope = steps > 1 ? moment / times * (steps - 1) : 0;
            double[] own = [mean, Math.Sqrt(squares / steps), channel.Min(), channel.Max(), channel[0], channel[^1], slope];
            own.CopyTo(statistics, c * OfChannel);
        }

        statistics[^1] = steps;
        return statistics;
    }

    /// <param name="tokens">The tokens of a row, by number from 0.</param>
    /// <param name="vocabulary">Different tokens.</param>
    public static double[] OfTokens(float[] tokens, int vocabulary)
    {
        var parts = new double[vocabulary];
        foreach (float token in tokens)
            parts[(int)token] += 1.0 / tokens.Length;
        return parts;
    }

    /// <summary>Puts all numbers of some rows into units of their deviation over others.</summary>
    public static Func<double[], float[]> Standardized(IEnumerable<double[]> training)
    {
        ChannelMoments? moments = null;
        foreach (double[] row in training)
            (moments ??= new ChannelMoments(row.Length)).Add(row);
        ChannelScaling scaling = moments!.ToScaling();
        return row =>
        {
            var standardized = new float[row.Length];
            scaling.Apply(row, standardized);
            return standardized;
        };
    }
}
