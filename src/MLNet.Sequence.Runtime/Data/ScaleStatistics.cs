namespace MLNet.Sequence.Data;

/// <summary>The values of rows that are scaled, by channel.</summary>
/// <param name="Values">The values of a channel, NaN included.</param>
/// <param name="Still">The scale of a channel that does not vary; null: it varies.</param>
/// <param name="Lambda">The power of a channel, from its known values, if it has a power that is fitted.</param>
internal sealed record ScaledRows(Func<int, IEnumerable<double>> Values, Func<int, double?> Still, Func<int, double[], double> Lambda);

/// <summary>Centre and scale of a channel, by the kind of scaling.</summary>
internal static class ScaleStatistics
{
    // The interquartile range of a normal distribution, in standard deviations.
    private const double NormalRange = 1.349;

    /// <summary>The scaling of rows by a kind, from their standard one.</summary>
    /// <param name="rule">The kinds.</param>
    /// <param name="standard">Mean and deviation of each channel; where it is the deviation of other rows, the channel does not vary.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="others">The scaling of a channel without any value, by the same rule.</param>
    public static ChannelScaling Of(ScalingRule rule, ChannelScaling standard, ScaledRows rows, ChannelScaling others)
    {
        if (rule.Kind == ScalingKind.Standard)
            return standard;
        Scaled[] channels = [.. Enumerable.Range(0, standard.Mean.Length).Select(channel =>
        {
            double[] known = [.. rows.Values(channel).Where(value => !double.IsNaN(value))];
            if (known.Length == 0)
                return new Scaled(others.Mean[channel], others.Deviation[channel], others.Power(channel) ?? Unknown(rule.Of(channel)));
            PowerTransform? power = Power(rule.Of(channel), known, others.Power(channel),
                values => rows.Still(channel) is null ? rows.Lambda(channel, values) : others.Power(channel)?.Lambda ?? 1);
            if (power is not null)
                known = Array.ConvertAll(known, power.Apply);
            (double mean, double deviation) = power is null ? (standard.Mean[channel], standard.Deviation[channel]) : Moments(known);
            if (rows.Still(channel) is { } scale)
                return new Scaled(rule.Of(channel) == ScalingKind.MeanAbsolute ? 0 : mean, scale, power);
            return Of(rule.Of(channel), known, new Scaled(mean, deviation, power));
        })];
        return standard with
        {
            Mean = [.. channels.Select(one => one.Centre)],
            Deviation = [.. channels.Select(one => one.Scale)],
            Standard = standard,
            Logarithms = rule.Kind == ScalingKind.Log1p ? [.. channels.Select(one => one.Power is not null)] : null,
            Powers = rule.Kind == ScalingKind.BoxCox ? [.. channels.Take(rule.Targets).Select(one => one.Power!)] : null,
        };
    }

    private static PowerTransform? Power(ScalingKind kind, double[] known, PowerTransform? others, Func<double[], double> lambda) => kind switch
    {
        ScalingKind.Log1p => PowerTransform.Log1p,
        ScalingKind.BoxCox => PowerTransform.Of(lambda(known), known, others?.Least ?? 1),
        _ => null,
    };

    // Of a target without any value in training.
    private static PowerTransform? Unknown(ScalingKind kind) => kind switch
    {
        ScalingKind.Log1p => PowerTransform.Log1p,
        ScalingKind.BoxCox => PowerTransform.None,
        _ => null,
    };

    // The values are transformed, and sorted here. Mean and deviation are the scaling where the kind finds no scale.
    private static Scaled Of(ScalingKind kind, double[] values, Scaled standard)
    {
        if (kind is ScalingKind.Robust or ScalingKind.MinMax)
            Array.Sort(values);
        (double centre, double scale) = kind switch
        {
            ScalingKind.Robust => (Quantile(values, 0.5), (Quantile(values, 0.75) - Quantile(values, 0.25)) / NormalRange),
            ScalingKind.MinMax => (values[0], values[^1] - values[0]),
            ScalingKind.MeanAbsolute => (0, values.Average(Math.Abs)),
            _ => (standard.Centre, standard.Scale),
        };
        return standard with { Centre = centre, Scale = scale > 0 && double.IsFinite(scale) ? scale : standard.Scale };
    }

    private static (double Mean, double Deviation) Moments(double[] values)
    {
        var moments = new ChannelMoments(1);
        foreach (double value in values)
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

    private sealed record Scaled(double Centre, double Scale, PowerTransform? Power);
}
