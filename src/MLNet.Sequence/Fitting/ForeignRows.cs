using System.Globalization;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Fitting;

/// <summary>
/// Validation rows that do not resemble the training rows: usually they did not pass through the transforms before the
/// trainer, so that the best epoch would be meaningless.
/// </summary>
internal static class ForeignRows
{
    // The number of deviations that their mean may be away, and the factor by which they may vary more: usual trends and shifts of level are smaller.
    private const double MostApart = 10;

    /// <summary>Warns of columns whose values are of another range.</summary>
    /// <param name="channel">The log.</param>
    /// <param name="columns">Columns with the mean and deviation of each of their channels in both.</param>
    public static void Warn(HostChannel channel, IEnumerable<(string Name, ChannelScaling Training, ChannelScaling Given)> columns)
    {
        foreach ((string name, ChannelScaling training, ChannelScaling given) in columns)
        {
            for (int i = 0; i < training.Mean.Length; i++)
            {
                double deviation = training.Deviation[i], apart = Math.Abs((double)given.Mean[i] - training.Mean[i]);
                if (apart <= MostApart * deviation && given.Deviation[i] <= MostApart * deviation)
                    continue;
                string which = training.Mean.Length == 1 ? "" : FormattableString.Invariant($" (channel {i + 1} of {training.Mean.Length})");
                channel.Warning(string.Create(CultureInfo.InvariantCulture, $"The validation set is not in the range of the training rows: '{name}'{which} "
                    + $"has the mean {given.Mean[i]:G4} and deviation "
                        + $"{given.Deviation[i]:G4} there, {training.Mean[i]:G4} and {deviation:G4} in training. ")
                    + $"The choice of the epoch is then meaningless. Give it as the data is before the chain, whose transforms are applied to it, "
                    + $"or pass it through them (transforms.Fit(training).Transform(validation)).");
                break;
            }
        }
    }
}
