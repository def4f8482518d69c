using System.Globalization;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Fitting;

/// <summary>
/// Rows to validate on that have nothing to do with those that are trained on: mostly they did not go through the transforms before the
/// trainer, so that an epoch would be chosen by nonsense.
/// </summary>
internal static class ForeignRows
{
    // Deviations that their mean may be away, and times that they may vary more: a trend goes on, and a level shifts, by less.
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
                    + $"It goes round the chain: give it as it is behind the transforms before the trainer "
                    + $"(transforms.Fit(training).Transform(validation)), else the epoch is chosen by nonsense.");
                break;
            }
        }
    }
}
