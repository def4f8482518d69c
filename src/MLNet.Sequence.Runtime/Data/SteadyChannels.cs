namespace MLNet.Sequence.Data;

/// <summary>
/// Finds channels that have one value within most windows, but not one everywhere: the size of a shop, a price, a holiday. If it were
/// scaled by its own series or window, such a channel would be 0 throughout.
/// </summary>
internal static class SteadyChannels
{
    /// <param name="set">The series.</param>
    /// <param name="steps">The number of training rows of a series.</param>
    /// <param name="window">Steps of a window; at least 2 are compared, because one step has only one value.</param>
    /// <param name="first">The first channel that is checked.</param>
    public static IReadOnlyList<int> Of(SeriesSet set, Func<Series, long> steps, int window, int first) =>
        [.. Enumerable.Range(first, set.Channels - first).Where(channel => IsSteady(set, steps, Math.Max(2, window), channel))];

    private static bool IsSteady(SeriesSet set, Func<Series, long> steps, int window, int channel)
    {
        (long windows, long constant, bool varies, double first) = (0, 0, false, double.NaN);
        foreach (Series series in set.Series)
        {
            (long count, long run, double last) = (steps(series), 0, double.NaN);
            for (long step = 0; step < count; step++)
            {
                // A missing value says nothing.
                double value = series[step, channel] is double.NaN ? last : series[step, channel];
                first = double.IsNaN(first) ? value : first;
                // Nor does a step before the first value, such as padding.
                run = step > 0 && (value.Equals(last) || double.IsNaN(last)) ? run + 1 : 1;
                varies |= !value.Equals(first);
                last = value;
                if (step + 1 < window || double.IsNaN(value))
                    continue;
                windows++;
                constant += run >= window ? 1 : 0;
            }
        }

        return varies && 2 * constant > windows;
    }
}
