namespace MLNet.Sequence.Onnx;

/// <summary>
/// Missing values (NaN) of whole sequences, interpolated linearly between their neighbours in time. Two loops, forward and backward, carry
/// for each feature the nearest known value, its distance in steps, and whether there is one.
/// </summary>
internal static class OnnxGaps
{
    /// <summary>Standardised values without gaps, [B, T, C]. A feature without any value takes its mean, which is 0.</summary>
    public static OnnxValue Fill(OnnxValue values, int channels)
    {
        OnnxValue one = values.Graph.Constant(1f);
        OnnxValue[] before = Nearest(values, channels, backwards: false), after = Nearest(values, channels, backwards: true);
        // The nearer neighbour weighs more; a single neighbour weighs 1.
        OnnxValue first = before[2] * (after[2] * after[1] + (one - after[2])), second = after[2] * (before[2] * before[1] + (one - before[2]));
        OnnxValue filled = (first * before[0] + second * after[0]) / (first + second).Op("Max", one);
        return values.Op("IsNaN").Where(filled, values);
    }

    /// <summary>The last known value of each feature; before the first one, that one; 0 without any. Also whether there is one, 1 or 0.</summary>
    public static (OnnxValue Filled, OnnxValue Known) Forward(OnnxValue values, int channels)
    {
        OnnxValue one = values.Graph.Constant(1f);
        OnnxValue[] before = Nearest(values, channels, backwards: false), after = Nearest(values, channels, backwards: true);
        OnnxValue filled = before[2] * before[0] + (one - before[2]) * after[0];
        return (filled, before[2].Op("Max", after[2]));
    }

    private static OnnxValue[] Nearest(OnnxValue values, int channels, bool backwards) =>
        OnnxScan.Run([values], [channels, channels, channels], (carried, at) =>
        {
            OnnxValue missing = at[0].Op("IsNaN"), zero = values.Graph.Constant(0f);
            return [missing.Where(carried[0], at[0]), missing.Where(carried[1] + 1f, zero), missing.Where(carried[2], values.Graph.Constant(1f))];
        }, backwards);
}
