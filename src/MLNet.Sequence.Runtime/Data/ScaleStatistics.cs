namespace MLNet.Sequence.Data;

/// <summary>Centre and scale of a channel, by the kind of scaling.</summary>
internal static class ScaleStatistics
{
    // The interquartile range of a normal distribution, in standard deviations.
    private const double NormalRange = 1.349;

    /// <param name="kind">The kind; Standard has the given values.</param>
    /// <param name="values">The known values of the channel; at least one. They are sorted.</param>
    /// <param name="standard">Their mean and standard deviation; the deviation is the scale where the kind finds none.</param>
    public static (double Centre, double Scale) Of(ScalingKind kind, double[] values, (double Mean, double Deviation) standard)
    {
        if (kind == ScalingKind.Standard)
            return standard;
        if (kind == ScalingKind.Log1p)
            return OfLogarithms([.. values.Select(ChannelScaling.Logarithm)]);
        if (kind != ScalingKind.MeanAbsolute)
            Array.Sort(values);
        (double centre, double scale) = kind switch
        {
            ScalingKind.Robust => (Quantile(values, 0.5), (Quantile(values, 0.75) - Quantile(values, 0.25)) / NormalRange),
            ScalingKind.MinMax => (values[0], values[^1] - values[0]),
            _ => (0, values.Average(Math.Abs)),
        };
        return (centre, scale > 0 && double.IsFinite(scale) ? scale : standard.Deviation);
    }

    /// <summary>The scaling of rows by a kind, from their standard one.</summary>
    /// <param name="rule">The kinds.</param>
    /// <param name="standard">Mean and deviation of each channel; where it is the deviation of other rows, the channel does not vary.</param>
    /// <param name="values">The values of a channel, NaN included.</param>
    /// <param name="still">The scale of a channel that does not vary; null: it varies.</param>
    /// <param name="others">The scaling of a channel without any value, by the same rule.</param>
    public static ChannelScaling Of(
        ScalingRule rule, ChannelScaling standard, Func<int, IEnumerable<double>> values, Func<int, double?> still, ChannelScaling others)
    {
        if (rule.Kind == ScalingKind.Standard)
            return standard;
        (double Centre, double Scale)[] channels = [.. Enumerable.Range(0, standard.Mean.Length).Select(channel =>
        {
            ScalingKind kind = rule.Of(channel);
            double[] known = [.. values(channel).Where(value => !double.IsNaN(value))];
            if (known.Length == 0)
                return (others.Mean[channel], others.Deviation[channel]);
            if (still(channel) is { } scale)
                return (Centre(kind, standard.Mean[channel]), scale);
            return Of(kind, known, (standard.Mean[channel], standard.Deviation[channel]));
        })];
        return standard with
        {
            Mean = [.. channels.Select(one => one.Centre)],
            Deviation = [.. channels.Select(one => one.Scale)],
            Standard = standard,
            Logarithms = rule.Kind == ScalingKind.Log1p ? [.. channels.Select((_, channel) => channel < rule.Targets)] : null,
        };
    }

    // That of equal values.
    private static double Centre(ScalingKind kind, double value) => kind switch
    {
        ScalingKind.MeanAbsolute => 0,
        ScalingKind.Log1p => ChannelScaling.Logarithm(value),
        _ => value,
    };

    private static (double Centre, double Scale) OfLogarithms(double[] logarithms)
    {
        var moments = new ChannelMoments(1);
        foreach (double value in logarithms)
            moments.Add([value]);
        ChannelScaling scaling = moments.ToScaling();
        return (scaling.Mean[0], scaling.Deviation[0]);
    }

    // Between two values, linearly.
    private static double Quantile(double[] sorted, double level)
    {
        double place = level * (sorted.Length - 1);
        int below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]) : sorted[below];
    }
}
