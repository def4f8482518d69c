using MLNet.Sequence.Data;
using MLNet.Sequence.Scoring;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Forecasts;

/// <summary>
/// Forecasts of rows in sequence, by a model that carries its state: one state for each series, and every row is read once. The same
/// forecasts as those of a session, in blocks of rows.
/// </summary>
internal sealed class CarriedForecasts(ForecastingTransformer transformer, SeriesSet set) : IDisposable
{
    private readonly Forecasting _task = transformer.Task;
    private readonly ValueDecoding _decoding = transformer.Task.Decoded;
    private readonly int _size = transformer.Task.ForecastSize;
    private readonly Dictionary<Series, Progress> _series = [];
    private long _taken;

    /// <summary>The forecasts of a block of rows, NaN for rows without a forecast. Also reads the rows between the previous block and this one.</summary>
    public double[] Compute(long first, int count)
    {
        // Block by block, so that every cursor gets the same bits.
        for (; _taken < first; _taken += ForecastBlocks.Rows)
            Take(_taken, ForecastBlocks.Rows);
        _taken = first + count;
        return Take(first, count);
    }

    public void Dispose()
    {
        foreach (Progress series in _series.Values)
            series.State?.Dispose();
    }

    private double[] Take(long first, int count)
    {
        var forecasts = new double[count * _size];
        Array.Fill(forecasts, double.NaN);
        foreach (var rows in Enumerable.Range(0, count).GroupBy(row => set.Locate(first + row).Series))
            Advance(rows.Key, [.. rows.Select(row => (row, set.Locate(first + row).Step))], forecasts);
        return forecasts;
    }

    // Rows are indices into the block. Between their steps there may be others, which have no rows.
    private void Advance(Series series, (int Row, long Step)[] rows, double[] forecasts)
    {
        if (!_series.TryGetValue(series, out Progress? progress))
            _series.Add(series, progress = new Progress());
        long end = rows[^1].Step + 1;
        // A series that was not in training is scaled by its first context, and read only when that is complete.
        bool known = transformer.Model.Scaling.Knows(series.Key);
        if (end < _task.Context && !known)
            return;
        progress.Scaling ??= known ? transformer.Model.Scaling[series.Key] : _task.ScalingOf(transformer.Model.Scaling, series);
        progress.State ??= transformer.Start(ForecastBlocks.Rows);
        int width = set.Channels;
        var values = new double[(end - progress.Read) * width];
        series.Rows.CopyTo(progress.Read, values);
        ForecastingWindows.Known(values);
        var seen = new float[values.Length];
        progress.Scaling.ApplyOrMean(values, seen);
        float[] outputs = transformer.Score(seen, progress.State);
        int next = 0;
        for (long at = progress.Read; at < end; at++)
        {
            int place = (int)(at - progress.Read);
            progress.Whole = values.AsSpan(place * width, width).Contains(double.NaN) ? 0 : progress.Whole + 1;
            if (at < rows[next].Step)
                continue;
            if (at + 1 >= _task.Context && progress.Whole >= _task.Context)
                _decoding.Apply(outputs.AsSpan(place * _size, _size), forecasts.AsSpan(rows[next].Row * _size, _size), progress.Scaling);
            next++;
        }

        progress.Read = end;
    }

    private sealed class Progress
    {
        public CarriedState? State { get; set; }

        public ChannelScaling? Scaling { get; set; }

        // Steps that the state has processed.
        public long Read { get; set; }

        // Steps since the last one with a missing value.
        public long Whole { get; set; }
    }
}
