using MLNet.Sequence.Data;

namespace MLNet.Sequence.Forecasts;

/// <summary>What an evaluation knows of a series: the denominators of its scaled errors, and its values up to an origin.</summary>
internal sealed class SeriesPast
{
    private readonly Dictionary<string, (double[] Absolute, double[] Squared)> _scales = new(StringComparer.Ordinal);
    private readonly Dictionary<Series, double[]> _before = [];
    private readonly (double[] Absolute, double[] Squared) _none;
    private readonly SeriesHistory? _earlier;
    private readonly int _targets, _most;
    private double[] _values = [];

    /// <param name="inSample">The series whose seasonal changes scale errors.</param>
    /// <param name="seasonality">The rows in a season.</param>
    /// <param name="earlier">The rows before those that were scored; null: not known.</param>
    /// <param name="whole">Whether whole histories are read, not only their last season.</param>
    public SeriesPast(SeriesSet inSample, int seasonality, SeriesHistory? earlier, bool whole)
    {
        (_targets, _earlier, _most) = (inSample.Channels, earlier, whole ? int.MaxValue : seasonality);
        double[] none = [.. Enumerable.Repeat(double.NaN, _targets)];
        _none = (none, none);
        foreach (Series series in inSample.Series)
        {
            double[][] values = [.. Enumerable.Range(0, _targets).Select(target => (double[])[.. Steps(series).Select(step => series[step, target])])];
            _scales.Add(series.Key ?? "", (
                [.. values.Select(own => ForecastingEvaluator.SeasonalScale(own, seasonality))],
                [.. values.Select(own => ForecastingEvaluator.SeasonalSquaredScale(own, seasonality))]));
        }
    }

    /// <summary>The denominators of MASE and RMSSE. A series that is not in sample has none.</summary>
    public (double[] Absolute, double[] Squared) Scales(string? key) => _scales.GetValueOrDefault(key ?? "", _none);

    /// <summary>The last rows up to a step, including it, [n × targets]; valid until the next call.</summary>
    public ReadOnlySpan<double> Before(Series series, long step)
    {
        if (!_before.TryGetValue(series, out double[]? earlier))
            _before.Add(series, earlier = _earlier?.Before(series, _most, _targets) ?? []);
        int own = (int)Math.Min(_most, step + 1), more = Math.Min(_most - own, earlier.Length / _targets), size = (own + more) * _targets;
        if (_values.Length < size)
            _values = new double[size];
        earlier.AsSpan(earlier.Length - more * _targets).CopyTo(_values);
        series.Rows.CopyTo(step + 1 - own, _values.AsSpan(more * _targets, own * _targets));
        return _values.AsSpan(0, size);
    }

    private static IEnumerable<long> Steps(Series series)
    {
        for (long step = 0; step < series.Length; step++)
            yield return step;
    }
}
