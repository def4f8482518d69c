using System.Globalization;

namespace MLNet.Sequence.Columns;

/// <summary>The spacing of the numbers that Single holds. It matters at a level far above the deviation of the values.</summary>
internal static class SingleSpacing
{
    // A spacing below this fraction of a deviation changes no printed figure.
    private const double Seen = 0.01;

    /// <summary>The distance from a number to the next one that Single holds.</summary>
    public static double At(double value)
    {
        float size = Math.Abs((float)value);
        return (double)MathF.BitIncrement(size) - size;
    }

    /// <summary>The channel whose spacing is the largest fraction of its deviation; null: it matters for none.</summary>
    /// <param name="names">The names of all channels.</param>
    /// <param name="scaling">The scaling of the series.</param>
    /// <param name="channels">The channels to check; null: all.</param>
    public static CoarseChannel? Worst(IReadOnlyList<string> names, SeriesScaling scaling, IEnumerable<int>? channels = null) =>
        (channels ?? Enumerable.Range(0, names.Count)).Where(channel => !scaling.Pooled.Moments.IsConstant(channel))
            .SelectMany(channel => scaling.BySeries.Values.DefaultIfEmpty(scaling.Pooled)
                .Select(own => new CoarseChannel(names[channel], own.Moments.Mean[channel], Smallest(own, channel))))
            .Where(coarse => coarse.Spacing > Seen * coarse.Deviation)
            .MaxBy(coarse => coarse.Spacing / coarse.Deviation);

    // Differences may be much smaller than the values deviate.
    private static double Smallest(ChannelScaling own, int channel) =>
        own.Undifferenced is { } values ? Math.Min(values.Deviation[channel], own.Scaled.Deviation[channel]) : own.Moments.Deviation[channel];
}

/// <summary>A channel for which the spacing of Single matters.</summary>
/// <param name="Name">The channel.</param>
/// <param name="Level">The mean of its values.</param>
/// <param name="Deviation">The deviation of its values.</param>
internal sealed record CoarseChannel(string Name, double Level, double Deviation)
{
    public double Spacing => SingleSpacing.At(Level);

    /// <summary>The topic of a warning that is shown once: for this column and this spacing.</summary>
    public string Topic => string.Create(CultureInfo.InvariantCulture, $"spacing {Spacing:R} of {Name}");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"'{Name}' is around {Level:G6}, where Single holds only numbers {Spacing:G4} apart, and deviates by {Deviation:G4}");
}
