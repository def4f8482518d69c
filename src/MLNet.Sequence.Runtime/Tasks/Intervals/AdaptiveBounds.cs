namespace MLNet.Sequence.Tasks;

/// <summary>
/// Adaptive conformal inference for one series (Gibbs and Candès 2021): a miscoverage rate α for each step ahead and target, which moves by
/// γ (α₀ − miss) when the actual value of a bounded forecast is known: h steps later for the h-th step ahead. The state is one flat block: what α has
/// moved so far, then the bounds of the last forecasts, of as many as the horizon has steps.
/// </summary>
internal sealed class AdaptiveBounds
{
    /// <summary>The largest number of values of the forecasts that are kept.</summary>
    public const int MostPending = 1 << 24;

    /// <summary>The number of equal parts of the coverage for which relative widths are known.</summary>
    public const int Parts = 200;

    private readonly ForecastIntervals _intervals;
    private readonly int _horizon, _targets, _size;

    public AdaptiveBounds(Forecasting task)
    {
        _intervals = task.Intervals!;
        (_horizon, _targets) = (task.Horizon, task.TargetChannels.Count);
        _size = _horizon * _targets;
    }

    /// <summary>The number of values of a state; all 0 at the start of a series.</summary>
    public int StateSize => checked(_size + 2 * _horizon * _size);

    /// <summary>Takes the next step of the series: its actual values, and the forecast from it, whose bounds are moved.</summary>
    /// <param name="actual">[targets], in the data's units; NaN: not known.</param>
    /// <param name="values">[horizon × (lower, forecast, upper) × targets], as they were calibrated.</param>
    /// <param name="step">The number of steps before this one.</param>
    /// <param name="state">The state of the series.</param>
    public void Next(ReadOnlySpan<double> actual, Span<double> values, long step, Span<double> state)
    {
        Span<double> moved = state[.._size];
        for (int ahead = 1; ahead <= _horizon && ahead <= step; ahead++)
            Learn(actual, ahead, Pending(state, step - ahead), moved);
        Span<double> own = Pending(state, step);
        for (int i = 0; i < _size; i++)
        {
            int lower = i / _targets * 3 * _targets + i % _targets, middle = lower + _targets, upper = middle + _targets;
            double width = Width(moved[i]);
            // An interval of the width 0 times infinity is that of a forecast without errors.
            double half = (values[upper] - values[middle]) * width;
            half = double.IsNaN(half) && double.IsFinite(values[middle]) ? 0 : half;
            (values[lower], values[upper]) = (values[middle] - half, values[middle] + half);
            (own[2 * i], own[2 * i + 1]) = (values[lower], values[upper]);
        }
    }

    // The bounds of the forecast from a step, [horizon × targets × 2].
    private Span<double> Pending(Span<double> state, long step) => state.Slice(_size + (int)(step % _horizon) * 2 * _size, 2 * _size);

    private void Learn(ReadOnlySpan<double> actual, int ahead, ReadOnlySpan<double> bounds, Span<double> moved)
    {
        double allowed = 1 - _intervals.ConfidenceLevel;
        for (int target = 0; target < _targets; target++)
        {
            int i = (ahead - 1) * _targets + target;
            (double lower, double upper, double value) = (bounds[2 * i], bounds[2 * i + 1], actual[target]);
            if (double.IsNaN(value) || double.IsNaN(lower))
                continue;
            moved[i] += _intervals.AdaptationRate * (allowed - (value < lower || value > upper ? 1 : 0));
        }
    }

    // The quantile of the errors at the level that the rate asks for, in units of that at the confidence level.
    private double Width(double moved)
    {
        double coverage = _intervals.ConfidenceLevel - moved;
        if (moved == 0)
            return 1;
        if (coverage >= 1)
            return double.PositiveInfinity;
        return coverage <= 0 ? 0 : _intervals.RelativeWidths![(int)Math.Ceiling(coverage * Parts - 1e-9)];
    }
}
