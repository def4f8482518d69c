using System.Numerics.Tensors;
using MLNet.Sequence.Calendars;
using MLNet.Sequence.Data;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Forecasts;

/// <summary>
/// The rows of a view so far, by series, and their forecasts, block by block. A block always has the same rows in the same order,
/// so that every cursor gets the same bits, wherever it starts.
/// </summary>
internal sealed class ForecastBlocks : IDisposable
{
    public const int Rows = 256;

    private readonly ForecastingTransformer _transformer;
    private readonly Forecasting _task;
    private readonly ValueDecoding _decoding;
    private readonly SeriesSet _set;
    private readonly int _targets, _beside;
    private readonly CarriedForecasts? _carried;
    private readonly AdaptedBounds? _adapted;
    private readonly Func<string?, long, bool>? _isOrigin;
    private readonly RowPlaces _places = new();
    private readonly List<bool> _wanted = [];

    // The time of the last row of each series, for the calendar of the steps after it.
    private readonly Dictionary<Series, TimePoint> _last = [];

    /// <param name="transformer">The forecaster.</param>
    /// <param name="isOrigin">Whether a row, by its series and its place among the rows of it, gets a forecast; null: all rows do.</param>
    public ForecastBlocks(ForecastingTransformer transformer, Func<string?, long, bool>? isOrigin = null)
    {
        _isOrigin = isOrigin;
        (_transformer, _task, _decoding) = (transformer, transformer.Task, transformer.Task.Decoded);
        (_targets, _beside) = (_task.TargetChannels.Count, _task.BesideSize);
        (OutputSize, ActualSize) = (_task.ForecastSize, _task.Horizon * _targets);
        _set = new SeriesSet(_task.Channels);
        _carried = _task.CarriesState ? new CarriedForecasts(transformer, _set) : null;
        _adapted = _task.Adapts ? new AdaptedBounds(_task, _set) : null;
    }

    /// <summary>Rows so far.</summary>
    public long RowCount => _set.RowCount;

    /// <summary>The series so far that were not in training.</summary>
    public IReadOnlyCollection<string?> Unknown => [.. _set.Series.Select(series => series.Key).Where(key => !_transformer.Model.Scaling.Knows(key))];

    /// <summary>The number of values in a forecast: horizon × targets, times the quantile levels if there are any.</summary>
    public int OutputSize { get; }

    /// <summary>The number of actual values: horizon × targets.</summary>
    public int ActualSize { get; }

    /// <summary>Adds the next row.</summary>
    public void Add(SeriesRow row)
    {
        if (_set.RowCount % 4096 == 0)
            _transformer.ThrowIfCanceled();
        if (row.Missing > 0)
            _set.AddSteps(row.Key, row.MissingRows);
        _set.Add(row.Key, row.Values);
        if (_task.Calendar is not null)
            _last[_set.GetOrAdd(row.Key)] = row.Time!.Value;
        if (_isOrigin is not null)
            _wanted.Add(_isOrigin(row.Key, _places.Next(row.Key)));
    }

    /// <summary>
    /// The first row of the block that must be computed next: bounds that adapt are computed in the order of their rows; null: any block may be.
    /// </summary>
    public long? Next => _adapted?.Taken;

    /// <summary>Whether a forecast reads rows after its own: the known inputs of the steps ahead.</summary>
    public bool ReadsAhead => _task.KnownSize > 0;

    /// <summary>Whether a row's series does not have all steps of its horizon yet.</summary>
    public bool Awaits(long row) => _set.Locate(row) is var (series, step) && series.Length - 1 - step < _task.Horizon;

    /// <summary>The forecasts of the block that holds a row. All rows of the block must have been added, unless the data ends earlier.</summary>
    public ForecastBlock Compute(long row)
    {
        _transformer.ThrowIfCanceled();
        long first = row / Rows * Rows;
        int count = (int)Math.Min(Rows, _set.RowCount - first);
        double[] forecasts = _carried is not null ? _carried.Compute(first, count) : Scored(first, count);
        _adapted?.Apply(first, forecasts);
        for (int i = 0; _adapted is not null && i < forecasts.Length / OutputSize; i++)
        {
            if (!IsWanted(first + i))
                forecasts.AsSpan(i * OutputSize, OutputSize).Fill(double.NaN);
        }

        return new ForecastBlock(first, OutputSize, forecasts);
    }

    private bool IsWanted(long row) => _isOrigin is null || _wanted[(int)row];

    private double[] Scored(long first, int count)
    {
        int rows = _task.Context * _set.Channels, length = _task.Context * _task.InputSize;
        var places = new List<(int Row, ChannelScaling Scaling)>(count);
        var seen = new double[rows];
        float[] windows = new float[count * length], besides = new float[count * _beside];
        for (int i = 0; i < count; i++)
        {
            (Series series, long step) = _set.Locate(first + i);
            if (_adapted is null && !IsWanted(first + i)
                || step + 1 < _task.LeastHistory || _task.KnownInputs.Count > 0 && step + _task.Horizon >= series.Length)
                continue;
            Span<float> window = windows.AsSpan(places.Count * length, length), beside = besides.AsSpan(places.Count * _beside, _beside);
            CopyWindow(series, step, seen);
            ChannelScaling scaling = _task.ScalingOf(_transformer.Model.Scaling, series.Key, seen);
            _task.Standardize(seen, scaling, new SeenWindow(window, beside));
            _task.StandardizeAhead(series, step, scaling, beside, _last.TryGetValue(series, out TimePoint last) ? last : null);
            // An infinity would leave a gate as an ordinary number: a forecast from it would look valid.
            if (!TensorPrimitives.IsFiniteAll<float>(window) || _beside > 0 && !TensorPrimitives.IsFiniteAll<float>(beside))
                continue;
            places.Add((i, scaling));
        }

        var forecasts = new double[count * OutputSize];
        Array.Fill(forecasts, double.NaN);
        if (places.Count > 0)
            Score((windows[..(places.Count * length)], besides[..(places.Count * _beside)]), places, forecasts);
        return forecasts;
    }

    /// <summary>The actual values of the steps after a row; NaN where the series ends earlier.</summary>
    public void Actual(long row, Span<double> values)
    {
        (Series series, long step) = _set.Locate(row);
        values.Fill(double.NaN);
        long known = Math.Min(_task.Horizon, series.Length - 1 - step);
        for (int i = 0; i < known; i++)
            series.Rows.CopyTo(step + 1 + i, values.Slice(i * _targets, _targets));
    }

    public void Dispose() => _carried?.Dispose();

    private void CopyWindow(Series series, long step, double[] seen)
    {
        long first = Math.Max(0, step + 1 - _task.Context);
        if (step + 1 - first == _task.Context)
        {
            series.Rows.CopyTo(first, seen);
            return;
        }

        var rows = new double[(step + 1 - first) * _set.Channels];
        series.Rows.CopyTo(first, rows);
        _task.Padded(rows).CopyTo(seen);
    }

    private void Score((float[] Windows, float[] Beside) seen, List<(int Row, ChannelScaling Scaling)> places, double[] forecasts)
    {
        float[] scores = _transformer.Score(seen.Windows, places.Count, _beside == 0 ? null : seen.Beside);
        for (int i = 0; i < places.Count; i++)
        {
            Span<double> forecast = forecasts.AsSpan(places[i].Row * OutputSize, OutputSize);
            _decoding.Apply(scores.AsSpan(i * OutputSize, OutputSize), forecast, places[i].Scaling);
        }
    }
}

/// <summary>The forecasts of some consecutive rows.</summary>
internal sealed class ForecastBlock(long first, int size, double[] values)
{
    public bool Holds(long row) => row >= first && (row - first) * size < values.Length;

    public ReadOnlySpan<double> Row(long row) => values.AsSpan((int)(row - first) * size, size);
}
