using System.Globalization;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Forecasts;

/// <summary>
/// Values that are absurdly far from the others of their series, such as one that stands for "missing" or comes from a broken reading: a few of them alone
/// make the mean and the deviation, and the forecasts.
/// </summary>
internal static class FarValues
{
    // In interquartile ranges from the median. No measurement that is to be forecast spreads so far.
    private const double Far = 1e6;

    // More of them are no mistake of single values.
    private const double Few = 0.01;

    /// <summary>Warns of each channel with such values, and names the first.</summary>
    public static void Warn(HostChannel channel, SeriesSet set, Forecasting task)
    {
        HashSet<int> keys = [.. task.KeyChannels.Select(key => key.Channel)];
        foreach (int column in Enumerable.Range(0, set.Channels).Where(column => !keys.Contains(column)))
        {
            (Series Series, long Step, double Spread)[] found = [.. set.Series.Select(series => First(series, column)).OfType<(Series, long, double)>()];
            if (found.Length == 0)
                continue;
            (Series series, long step, double spread) = found[0];
            string where = $"row {Row(set, series, step)}{(series.Key is null ? "" : $" (series '{series.Key}')")}";
            string more = found.Length == 1 ? "" : $" {found.Length} series have such values.";
            channel.WarnOnce(string.Create(CultureInfo.InvariantCulture, $"The value of column '{task.Channels[column]}' is {series[step, column]:G6} in "
                + $"{where}, more than a million times as far from the median as the values spread ({spread:G3}): it makes the scale of the series by itself, "
                + $"and forecasts may be of its size.{more} Correct it, or make it missing (NaN) and set {nameof(ForecastingOptions.MissingValues)}."));
        }
    }

    // The first such value of a series, and how the others spread.
    private static (Series Series, long Step, double Spread)? First(Series series, int column)
    {
        double[] values = [.. Values(series, column).Where(value => !double.IsNaN(value)).Order()];
        if (values.Length < 2)
            return null;
        double median = values[values.Length / 2], spread = values[3 * values.Length / 4] - values[values.Length / 4];
        // Most values alike, such as no sales on most days: the others spread as their middle one does.
        if (spread == 0)
            spread = values.Select(value => Math.Abs(value - median)).Where(distance => distance > 0).Order().ToArray() is { Length: > 1 } others
                ? others[others.Length / 2] : 0;
        bool IsFar(double value) => Math.Abs(value - median) > Far * spread;
        int count = values.Count(IsFar);
        if (spread == 0 || count == 0 || count > Math.Max(1, Few * values.Length))
            return null;
        return (series, Values(series, column).Index().First(one => IsFar(one.Item)).Index, spread);
    }

    private static IEnumerable<double> Values(Series series, int column)
    {
        for (long step = 0; step < series.Length; step++)
            yield return series[step, column];
    }

    // The number of the row in the data, from 1.
    private static long Row(SeriesSet set, Series series, long step)
    {
        for (long row = 0; row < set.RowCount; row++)
        {
            if (set.Locate(row) is var (own, at) && own == series && at == step)
                return row + 1;
        }

        return step + 1;
    }
}
