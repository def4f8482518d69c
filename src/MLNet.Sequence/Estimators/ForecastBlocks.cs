using System.Numerics.Tensors;
using MLNet.Sequence.Data;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Estimators;

/// <summary>
/// The rows of a view so far by series, and their forecasts, block by block. A block is always the same rows in the same order,
/// so that every cursor gets the same bits, wherever it starts.
/// </summary>
internal sealed class ForecastBlocks
{
    public const int Rows = 256;

    private readonly ForecastingTransformer _transformer;
    private readonly Forecasting _task;
    private readonly SeriesSet _set;
    private readonly int _targets;

    public ForecastBlocks(ForecastingTransformer transformer)
    {
        (_transformer, _task) = (transformer, transformer.Task);
        _targets = _task.TargetChannels.Count;
        OutputSize = _task.Horizon * _targets;
        _set = new SeriesSet(_task.Channels);
    }

    /// <summary>Rows so far.</summary>
    public long RowCount => _set.RowCount;

    /// <summary>Values of a forecast: horizon × targets.</summary>
    public int OutputSize { get; }

    /// <summary>Takes the row that comes next.</summary>
    public void Add(SeriesRow row)
    {
        if (_set.RowCount % 4096 == 0)
            _transformer.ThrowIfCanceled();
        _set.Add(row.Key, row.Values);
    }

    /// <summary>Whether a row's series does not have all steps of its horizon yet.</summary>
    public bool Awaits(long row) => _set.Locate(row) is var (series, step) && series.Length - 1 - step < _task.Horizon;

    /// <summary>The forecasts of the block that holds a row; the block's rows are there, unless the data ends before.</summary>
    public ForecastBlock Compute(long row)
    {
        _transformer.ThrowIfCanceled();
        long first = row / Rows * Rows;
        int count = (int)Math.Min(Rows, _set.RowCount - first);
        int width = _set.Channels, length = _task.Context * width;
        var places = new List<(int Row, Series Series)>(count);
        var windows = new float[count * length];
        for (int i = 0; i < count; i++)
        {
            (Series series, long step) = _set.Locate(first + i);
            if (step + 1 < _task.Context)
                continue;
            Span<float> window = windows.AsSpan(places.Count * length, length);
            series.Rows.CopyTo(step + 1 - _task.Context, window);
            // An infinity would leave a gate as an ordinary number: a forecast from it would look sound.
            if (!TensorPrimitives.IsFiniteAll<float>(window))
                continue;
            _transformer.Model.Scaling[series.Key].Apply(window);
            places.Add((i, series));
        }

        var forecasts = new float[count * OutputSize];
        Array.Fill(forecasts, float.NaN);
        if (places.Count > 0)
            Score(windows.AsSpan(0, places.Count * length).ToArray(), places, forecasts);
        return new ForecastBlock(first, OutputSize, forecasts);
    }

    /// <summary>The steps after a row as they came to be; NaN where the series ends before.</summary>
    public void Actual(long row, Span<float> values)
    {
        (Series series, long step) = _set.Locate(row);
        values.Fill(float.NaN);
        long known = Math.Min(_task.Horizon, series.Length - 1 - step);
        for (int i = 0; i < known; i++)
            series.Rows.Row(step + 1 + i)[.._targets].CopyTo(values[(i * _targets)..]);
    }

    private void Score(float[] windows, List<(int Row, Series Series)> places, float[] forecasts)
    {
        float[] scores = _transformer.Score(windows, places.Count);
        for (int i = 0; i < places.Count; i++)
        {
            Span<float> forecast = forecasts.AsSpan(places[i].Row * OutputSize, OutputSize);
            scores.AsSpan(i * OutputSize, OutputSize).CopyTo(forecast);
            _task.Decode(forecast, _transformer.Model.Scaling[places[i].Series.Key]);
        }
    }
}

/// <summary>The forecasts of some neighbouring rows.</summary>
internal sealed class ForecastBlock(long first, int size, float[] values)
{
    public bool Holds(long row) => row >= first && (row - first) * size < values.Length;

    public ReadOnlySpan<float> Row(long row) => values.AsSpan((int)(row - first) * size, size);
}
