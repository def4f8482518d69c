using MLNet.Sequence.Data;

namespace MLNet.Sequence.Comparison;

/// <summary>A row of tokens as one number for each different token: its share of the row.</summary>
internal static class TokenParts
{
    /// <param name="tokens">The tokens of a row, by number from 0.</param>
    /// <param name="vocabulary">The number of different tokens.</param>
    public static double[] Of(float[] tokens, int vocabulary)
    {
        var parts = new double[vocabulary];
        foreach (float token in tokens)
            parts[(int)token] += 1.0 / tokens.Length;
        return parts;
    }

    /// <summary>Standardises the numbers of rows by mean and deviation over other rows.</summary>
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
