namespace MLNet.Sequence.Data;

/// <summary>The differences of targets in one window, and its last values, from which its forecasts go on. Of powers, if targets are transformed.</summary>
internal sealed class WindowDifferences
{
    private readonly Differencing _differencing;
    private readonly IReadOnlyList<PowerTransform?> _powers;
    private readonly int _targets;

    // The last values, as they are differenced; and, for the first steps, NaN where a value is missing, else 0.
    private readonly double[] _last;
    private readonly float[] _first;

    /// <param name="differencing">What is differenced; with a season.</param>
    /// <param name="powers">The transform of each target before it is differenced; null: none.</param>
    /// <param name="window">[steps × width], targets first; more steps than a difference needs.</param>
    /// <param name="width">The values of a row.</param>
    public WindowDifferences(Differencing differencing, IReadOnlyList<PowerTransform?> powers, ReadOnlySpan<double> window, int width)
    {
        (_differencing, _powers, _targets) = (differencing, powers, powers.Count);
        (_last, _first) = (new double[differencing.Lag * _targets], new float[differencing.Lag * _targets]);
        for (int place = 0; place < _last.Length; place++)
        {
            int at = place / _targets * width + place % _targets;
            _last[place] = Transformed(window[window.Length - differencing.Lag * width + at], place % _targets);
            _first[place] = double.IsFinite(window[at]) ? 0 : float.NaN;
        }
    }

    /// <summary>The rows of the window, targets as differences.</summary>
    /// <param name="rows">[steps × width].</param>
    /// <param name="width">The values of a row.</param>
    public double[] Of(ReadOnlySpan<double> rows, int width) => _differencing.Of(Transformed(rows, width), _targets, width);

    /// <summary>The first differences of a window are not known: the network sees their mean, or NaN where the value itself is missing.</summary>
    /// <param name="past">[steps × size], standardised.</param>
    /// <param name="size">The values of a step.</param>
    /// <param name="scaling">The scaling of the differences.</param>
    public void Begin(Span<float> past, int size, ChannelScaling scaling)
    {
        for (int place = 0; place < _first.Length; place++)
            past[place / _targets * size + place % _targets] = _first[place] + scaling.SeenMean(place % _targets);
    }

    /// <summary>The differences of the values after the window.</summary>
    /// <param name="ahead">[horizon × targets].</param>
    public double[] Ahead(ReadOnlySpan<double> ahead)
    {
        double[] all = [.. _last, .. Transformed(ahead, _targets)];
        return _differencing.Of(all, _targets, _targets)[_last.Length..];
    }

    /// <summary>Adds up differences to values, in place.</summary>
    /// <param name="ahead">[horizon × targets].</param>
    public void AddUp(Span<double> ahead)
    {
        double[] all = [.. _last, .. ahead];
        for (int at = _last.Length; at < all.Length; at++)
            all[at] += _differencing.Before(all, at, _targets);
        for (int i = 0; i < ahead.Length; i++)
            ahead[i] = _powers[i % _targets] is { } power ? power.Undo(all[_last.Length + i]) : all[_last.Length + i];
    }

    private double[] Transformed(ReadOnlySpan<double> rows, int width)
    {
        double[] values = rows.ToArray();
        for (int row = 0; row < values.Length; row += width)
        {
            for (int target = 0; target < _targets; target++)
                values[row + target] = Transformed(values[row + target], target);
        }

        return values;
    }

    private double Transformed(double value, int target) => _powers[target] is { } power ? power.Apply(value) : value;
}
