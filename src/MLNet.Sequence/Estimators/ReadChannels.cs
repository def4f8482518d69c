using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Estimators;

/// <summary>Channels from which nothing, or less than the data holds, can be learnt as they were read.</summary>
internal static class ReadChannels
{
    // Steps of Single at a channel's level, in its deviations, from which on differences are told to be lost.
    private const double CoarseSteps = 0.1;

    /// <summary>Warns of them.</summary>
    /// <param name="channel">The log.</param>
    /// <param name="names">A name for each channel.</param>
    /// <param name="scaling">Of the training rows.</param>
    /// <param name="range">Of all rows as the network sees them, these channels first; null: it is not looked at.</param>
    public static void Warn(HostChannel channel, IReadOnlyList<string> names, ChannelScaling scaling, InputRange? range = null)
    {
        for (int i = 0; i < names.Count; i++)
        {
            float level = Math.Abs((float)scaling.Mean[i]), step = MathF.BitIncrement(level) - level;
            bool constant = range is not null && range.Low[i] == 0 && range.High[i] == 0;
            if (step > CoarseSteps * scaling.Deviation[i])
            {
                channel.Warning(FormattableString.Invariant(
                    $"The values of '{names[i]}' are around {scaling.Mean[i]:G4}, where numbers of type Single, as which they are read, lie {step:G3} apart: their differences are lost. Subtract a constant from the column before the trainer."));
            }
            else if (constant)
            {
                channel.Warning(FormattableString.Invariant($"'{names[i]}' has one value, {scaling.Mean[i]:G4}, in all rows: nothing can be learnt from it."));
            }
        }
    }
}
