using System.Globalization;
using MLNet.Sequence.Data;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Estimators;

/// <summary>How far apart the numbers are that Single holds, where that matters: at a level far above what the values vary by.</summary>
internal static class SingleSpacing
{
    // A spacing below this part of a deviation is lost in no figure that is printed.
    private const double Matters = 0.01;

    /// <summary>The distance from a number to the next one that Single holds.</summary>
    public static double At(double value)
    {
        float size = Math.Abs((float)value);
        return (double)MathF.BitIncrement(size) - size;
    }

    /// <summary>Of some channels the one whose spacing is the largest part of its deviation, in words with figures; null: it matters for none.</summary>
    /// <param name="task">Whose channels.</param>
    /// <param name="scaling">Of the series in training.</param>
    /// <param name="channels">Which of them.</param>
    public static string? Of(Forecasting task, SeriesScaling scaling, IEnumerable<int> channels)
    {
        (double part, string? words) = (Matters, null);
        foreach (int channel in channels.Where(channel => !scaling.Pooled.IsConstant(channel)))
        {
            foreach (ChannelScaling own in scaling.BySeries.Values.DefaultIfEmpty(scaling.Pooled))
            {
                double spacing = At(own.Mean[channel]), deviation = own.Deviation[channel];
                if (!(spacing / deviation > part))
                    continue;
                part = spacing / deviation;
                words = string.Create(CultureInfo.InvariantCulture,
                    $"'{task.Channels[channel]}' lies around {own.Mean[channel]:G6}, where Single holds only numbers {spacing:G4} apart, and deviates by {deviation:G4}");
            }
        }

        return words;
    }
}
