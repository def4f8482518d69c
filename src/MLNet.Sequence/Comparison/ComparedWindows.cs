using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Metrics;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Comparison;

/// <summary>
/// The windows of test rows on which forecasts are compared: those with all actual values and a value of each target before them, and the naive
/// forecasts for comparison. A window counts for all models or for none.
/// </summary>
internal sealed class ComparedWindows
{
    private readonly Forecasting _task;
    private readonly int _targets, _seasonality;
    private readonly Dictionary<Series, (double[] Before, double[] Scale)> _histories = [];
    private (long Row, Series Series, long Step, long Time)[] _windows;

    /// <param name="task">The forecasting task.</param>
    /// <param name="sets">The test rows, and the rows before them: training rows first.</param>
    /// <param name="seasonality">Rows in a season.</param>
    public ComparedWindows(Forecasting task, (TimedSeries Test, IReadOnlyList<TimedSeries> Earlier) sets, int seasonality)
    {
        (_task, _seasonality, _targets) = (task, seasonality, task.TargetChannels.Count);
        var history = new SeriesHistory(sets.Earlier, sets.Test);
        foreach (Series series in sets.Test.Set.Series)
            _histories.Add(series, (history.Before(series, seasonality, _targets), Scale(sets.Earlier[0].Find(series.Key))));
        long[] times = Places(sets.Test.ByRow);
        _windows = [.. from row in Enumerable.Range(0, checked((int)sets.Test.Set.RowCount))
            let at = sets.Test.Set.Locate(row)
            where at.Step + 1 >= task.Context && at.Step + task.Horizon < at.Series.Length
            select ((long)row, at.Series, at.Step, times.Length > 0 ? times[row] : at.Step)];
        var values = new double[task.Horizon * _targets];
        bool IsKnown(int window)
        {
            Actual(window, values);
            return values.All(double.IsFinite) && Naive(window, 1, values);
        }

        bool[] known = [.. Enumerable.Range(0, _windows.Length).Select(IsKnown)];
        WithoutValues = known.Count(isKnown => !isKnown);
        Keep(known);
        All = _windows.Length;
        bool[] seasonal = [.. Enumerable.Range(0, All).Select(i => Naive(i, seasonality, values))];
        // If most windows have no season before them, the reference is left out instead.
        HasSeason = 2 * seasonal.Count(has => has) > All;
        WithoutSeason = seasonal.Count(has => !has);
        if (HasSeason)
            Keep(seasonal);
    }

    /// <summary>Windows with all actual values and a value before them.</summary>
    public int All { get; }

    /// <summary>Windows with a missing actual value, or no value before them.</summary>
    public int WithoutValues { get; }

    /// <summary>Windows among them that do not have a season before them.</summary>
    public int WithoutSeason { get; }

    /// <summary>Whether the seasonal naive forecast takes part.</summary>
    public bool HasSeason { get; }

    /// <summary>Windows that count.</summary>
    public int Count => _windows.Length;

    /// <summary>The times at which their forecasts are made.</summary>
    public IReadOnlyList<long> Times => [.. _windows.Select(window => window.Time)];

    /// <summary>The row of the test data that holds a forecast.</summary>
    public long Row(int window) => _windows[window].Row;

    /// <summary>Leaves out all other windows.</summary>
    public void Keep(IReadOnlyList<bool> kept) => _windows = [.. _windows.Where((_, i) => kept[i])];

    /// <summary>The actual values, [horizon × targets].</summary>
    public void Actual(int window, Span<double> values)
    {
        (_, Series series, long step, _) = _windows[window];
        for (int ahead = 0; ahead < _task.Horizon; ahead++)
            series.Rows.CopyTo(step + 1 + ahead, values.Slice(ahead * _targets, _targets));
    }

    /// <summary>The deviation of each target in the window's series: the one used in training, or, for a new series, that of the window.</summary>
    public IReadOnlyList<double> Deviation(int window, SeriesScaling fitted)
    {
        (_, Series series, long step, _) = _windows[window];
        if (fitted.Knows(series.Key))
            return fitted[series.Key].Moments.Deviation;
        var seen = new double[_task.Context * _task.DataChannels];
        series.Rows.CopyTo(step + 1 - _task.Context, seen);
        return _task.ScalingOf(fitted, series.Key, seen).Moments.Deviation;
    }

    /// <summary>
    /// The last season, repeated; with a season of one row the last row. A missing value is the last known one at its place in a season of the context.
    /// </summary>
    /// <returns>False: the history is too short.</returns>
    public bool Naive(int window, int season, Span<double> forecast)
    {
        if (NaiveForecast.Seasonal(History(window, season), _targets, season, forecast))
            return true;
        double[] longer = History(window, Math.Max(season, _task.Context / season * season));
        int before = season * _targets;
        for (int i = before; i < longer.Length; i++)
        {
            if (double.IsNaN(longer[i]))
                longer[i] = longer[i - before];
        }

        return NaiveForecast.Seasonal(longer, _targets, season, forecast);
    }

    /// <summary>The last rows up to the row at which a forecast is made, [n × targets].</summary>
    public double[] History(int window, int most)
    {
        (_, Series series, long step, _) = _windows[window];
        int own = (int)Math.Min(most, step + 1);
        double[] before = _histories[series].Before;
        int earlier = Math.Min(most - own, before.Length / _targets);
        var rows = new double[(earlier + own) * _targets];
        before.AsSpan(before.Length - earlier * _targets).CopyTo(rows);
        for (int i = 0; i < own; i++)
            series.Rows.CopyTo(step + 1 - own + i, rows.AsSpan((earlier + i) * _targets, _targets));
        return rows;
    }

    /// <summary>The denominator of MASE of each target of the window's series.</summary>
    public double[] Scale(int window) => _histories[_windows[window].Series].Scale;

    // A series without history has no scale: its errors do not count in MASE.
    private double[] Scale(Series? training)
    {
        var scale = new double[_targets];
        Array.Fill(scale, double.NaN);
        if (training is null)
            return scale;
        var values = new double[training.Length * _targets];
        for (long step = 0; step < training.Length; step++)
            training.Rows.CopyTo(step, values.AsSpan((int)step * _targets, _targets));
        ForecastingEvaluator.SeasonalScale(values, _seasonality, scale);
        return scale;
    }

    // For each row the rank of its time among all times.
    private static long[] Places(object[]? times)
    {
        if (times is null)
            return [];
        var order = Comparer<object>.Create(TimeReader.Compare);
        object[] distinct = [.. times.Distinct().Order(order)];
        return [.. times.Select(time => (long)Array.BinarySearch(distinct, time, order))];
    }
}
