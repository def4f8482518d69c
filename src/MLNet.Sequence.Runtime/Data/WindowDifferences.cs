namespace MLNet.Sequence.Data;

/// <summary>The differences of targets in one window, and its last values, from which its forecasts go on.</summary>
internal sealed class WindowDifferences
{
    private readonly Differencing _differencing;
    private readonly int _targets;
    private readonly double[] _last;
    private readonly float[] _first;

    /// <param name="differencing">What is differenced; with a season.</param>
    /// <param name="targets">The number of targets.</param>
    /// <param name="window">[steps × width], targets first; more steps than a difference needs.</param>
    /// <param name="width">The values of a row.</param>
    public WindowDifferences(Differencing differencing, int targets, ReadOnlySpan<double> window, int width)
    {
        (_differencing, _targets, _last) = (differencing, targets, new double[differencing.Lag * targets]);
        _first = new float[_last.Length];
        for (int back = 0; back < differencing.Lag; back++)
        {
            window.Slice(window.Length - (differencing.Lag - back) * width, targets).CopyTo(_last.AsSpan(back * targets));
            for (int target = 0; target < targets; target++)
                _first[back * targets + target] = double.IsFinite(window[back * width + target]) ? 0 : float.NaN;
        }
    }

    /// <summary>The rows of the window, targets as differences.</summary>
    /// <param name="rows">[steps × width].</param>
    /// <param name="width">The values of a row.</param>
    public double[] Of(ReadOnlySpan<double> rows, int width) => _differencing.Of(rows, _targets, width);

    /// <summary>The first differences of a window are not known: the network sees their mean, or NaN where the value itself is missing.</summary>
    /// <param name="past">[steps × size], standardised.</param>
    /// <param name="size">The values of a step.</param>
    public void Begin(Span<float> past, int size)
    {
        for (int step = 0; step < _differencing.Lag; step++)
            _first.AsSpan(step * _targets, _targets).CopyTo(past[(step * size)..]);
    }

    /// <summary>The differences of the values after the window.</summary>
    /// <param name="ahead">[horizon × targets].</param>
    public double[] Ahead(ReadOnlySpan<double> ahead)
    {
        double[] all = [.. _last, .. ahead];
        return _differencing.Of(all, _targets, _targets)[_last.Length..];
    }

    /// <summary>Adds up differences to values, in place.</summary>
    /// <param name="ahead">[horizon × targets].</param>
    public void AddUp(Span<double> ahead)
    {
        double[] all = [.. _last, .. ahead];
        for (int at = _last.Length; at < all.Length; at++)
            all[at] += _differencing.Before(all, at, _targets);
        all.AsSpan(_last.Length).CopyTo(ahead);
    }
}
