using MLNet.Sequence.Data;

namespace MLNet.Sequence.Comparison;

/// <summary>A row of tokens in as many numbers as there are different ones: how large a part of the row each of them is.</summary>
internal static class TokenParts
{
    /// <param name="tokens">The tokens of a row, by number from 0.</param>
    /// <param name="vocabulary">Different tokens.</param>
    public static double[] Of(float[] tokens, int vocabulary)
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
