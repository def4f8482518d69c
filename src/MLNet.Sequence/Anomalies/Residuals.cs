using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Forecasts;

namespace MLNet.Sequence.Anomalies;

/// <summary>The residuals of a forecaster, row by row: each row next to the forecast for it from the row before it.</summary>
internal sealed class Residuals
{
    private readonly SeriesRow _row;
    private readonly Action<double[]> _read;
    private readonly Forecasting _task;
    private readonly SeriesScaling _scaling;
    private readonly double[] _forecast;
    private readonly int _targets;
    private readonly Dictionary<string, double[]> _last = new(StringComparer.Ordinal);

    /// <param name="cursor">Over the view that the forecaster made, with its forecasts and the columns that it reads.</param>
    /// <param name="forecaster">The forecaster.</param>
    public Residuals(DataViewRowCursor cursor, ForecastingTransformer forecaster)
    {
        (_task, _scaling, _targets) = (forecaster.Task, forecaster.Model.Scaling, forecaster.Task.TargetChannels.Count);
        _row = new SeriesRow(cursor, _task);
        _read = ForecastReader.Create(cursor, cursor.Schema[_task.ForecastColumnName]);
        _forecast = new double[Math.Max(_task.ForecastSize, _task.Horizon * _targets)];
    }

    /// <summary>The series of the row.</summary>
    public string Key => _row.Key ?? "";

    /// <summary>The columns that are read.</summary>
    public static IEnumerable<DataViewSchema.Column> Columns(DataViewSchema scored, Forecasting task) =>
        SeriesReader.Columns(scored, task).Append(scored[task.ForecastColumnName]);

    /// <summary>
    /// Reads the next row: of all targets the largest residual (actual − forecast) in deviations of its series, with its sign. NaN: there is no forecast
    /// for the row, or its value is missing.
    /// </summary>
    public double Next()
    {
        _row.Read();
        double score = double.NaN;
        // Behind a gap, the row is a later step of the last forecast.
        if (_last.TryGetValue(Key, out double[]? before) && _row.Missing < _task.Horizon)
            score = Largest(before.AsSpan((int)_row.Missing * _targets, _targets));
        _read(_forecast);
        if (before is null)
            _last.Add(Key, before = new double[_task.Horizon * _targets]);
        _forecast.AsSpan(0, before.Length).CopyTo(before);
        return score;
    }

    private double Largest(ReadOnlySpan<double> forecast)
    {
        ValueList<double> deviation = (_scaling.Knows(_row.Key) ? _scaling[_row.Key] : _scaling.Pooled).Moments.Deviation;
        double largest = double.NaN;
        for (int target = 0; target < _targets; target++)
        {
            double residual = (_row.Values[target] - forecast[target]) / deviation[target];
            if (!double.IsNaN(residual) && !(Math.Abs(residual) <= Math.Abs(largest)))
                largest = residual;
        }

        return largest;
    }
}
