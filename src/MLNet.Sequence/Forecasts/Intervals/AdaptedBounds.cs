using MLNet.Sequence.Data;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Forecasts;

/// <summary>Bounds that adapt, for the rows of a view in their order: the same as in a session. Each row is taken once.</summary>
internal sealed class AdaptedBounds(Forecasting task, SeriesSet set)
{
    private readonly AdaptiveBounds _bounds = new(task);
    private readonly int _size = task.ForecastSize, _targets = task.TargetChannels.Count;
    private readonly Dictionary<Series, (double[] State, long Steps)> _series = [];

    /// <summary>The number of rows that were taken.</summary>
    public long Taken { get; private set; }

    /// <summary>Moves the bounds of the next rows; rows that were taken before get none, and must not be asked for again.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="forecasts">[rows × (horizon × (lower, forecast, upper) × targets)].</param>
    public void Apply(long first, double[] forecasts)
    {
        if (first != Taken)
            throw new InvalidOperationException($"Rows from {first} on were asked for, after {Taken} rows: bounds that adapt are computed in order.");
        var actual = new double[_targets];
        for (int row = 0; row < forecasts.Length / _size; row++, Taken++)
        {
            (Series series, long step) = set.Locate(first + row);
            (double[] state, long steps) = _series.TryGetValue(series, out var known) ? known : (new double[_bounds.StateSize], 0);
            // Between two rows there may be steps without rows.
            var without = new double[_size];
            for (Array.Fill(without, double.NaN); steps < step; steps++)
                _bounds.Next(Actual(series, steps, actual), without, steps, state);
            _bounds.Next(Actual(series, step, actual), forecasts.AsSpan(row * _size, _size), step, state);
            _series[series] = (state, step + 1);
        }
    }

    private static double[] Actual(Series series, long step, double[] actual)
    {
        series.Rows.CopyTo(step, actual);
        return actual;
    }
}
