using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Tasks.Metrics;

namespace MLNet.Sequence.Estimators;

/// <summary>Reads scored rows and feeds the evaluator, with the naive forecasts' history beside.</summary>
internal static class ForecastEvaluation
{
    public static ForecastingMetrics Run(SequenceHost host, IDataView scored, int seasonality, IDataView? history, string forecastColumn)
    {
        DataViewSchema.Column forecast = scored.Schema.GetColumnOrNull(forecastColumn)
            ?? throw host.MissingColumn("forecast", forecastColumn, scored.Schema.Select(column => column.Name));
        (Forecasting full, double[] deviation) = ForecastAnnotations.Read(forecast)
            ?? throw host.Mismatch("forecast", forecastColumn, "a forecast column of MLNet.Sequence", forecast.Type.ToString()!);
        // The evaluation needs the targets, not what else the model saw; their order in time was checked when they were scored.
        Forecasting task = full with { Inputs = [], TimeColumn = null };
        var columns = new ForecastingColumns(host);
        columns.Check(scored.Schema, task);
        if (history is not null)
            columns.Check(history.Schema, task);
        DataViewSchema.Column actual = FindActual(host, scored.Schema, forecast, task);
        var scales = new SeriesScales(SeriesReader.Read(history ?? scored, task, allowMissing: true, host.ThrowIfCanceled), seasonality);
        var evaluator = new ForecastingEvaluator(new ForecastingEvaluatorOptions
        {
            Targets = task.TargetChannels,
            Horizon = task.Horizon,
            Seasonality = seasonality,
            StandardDeviations = deviation,
        });
        Feed(evaluator, scored, task, scales, (forecast, actual));
        return evaluator.Compute();
    }

    private static DataViewSchema.Column FindActual(SequenceHost host, DataViewSchema schema, DataViewSchema.Column forecast, Forecasting task)
    {
        DataViewSchema.Column actual = schema.GetColumnOrNull(task.ActualColumn)
            ?? throw host.MissingColumn("actual", task.ActualColumn, schema.Select(column => column.Name));
        if (actual.Index == forecast.Index)
            throw host.Mismatch("forecast", forecast.Name, "a column of forecasts", "the column of what came to be");
        return actual.Type.Equals(forecast.Type)
            ? actual
            : throw host.Mismatch("actual", actual.Name, forecast.Type.ToString()!, actual.Type.ToString()!);
    }

    private static void Feed(
        ForecastingEvaluator evaluator, IDataView scored, Forecasting task, SeriesScales scales, (DataViewSchema.Column Forecast, DataViewSchema.Column Actual) output)
    {
        (DataViewSchema.Column forecast, DataViewSchema.Column actual) = output;
        using DataViewRowCursor cursor = scored.GetRowCursor(SeriesReader.Columns(scored.Schema, task).Append(forecast).Append(actual));
        ValueGetter<VBuffer<float>> getForecast = cursor.GetGetter<VBuffer<float>>(forecast), getActual = cursor.GetGetter<VBuffer<float>>(actual);
        VBuffer<float> forecasts = default, actuals = default;
        var row = new SeriesRow(cursor, task);
        var past = new SeriesSet(task.Channels);
        while (cursor.MoveNext())
        {
            row.Read();
            past.Add(row.Key, row.Values);
            getForecast(ref forecasts);
            getActual(ref actuals);
            evaluator.Add(forecasts.GetValues(), actuals.GetValues(), scales.LastSeason(past.GetOrAdd(row.Key)), scales[row.Key]);
        }
    }

    /// <summary>The denominators of MASE by series, and the last season of what was seen.</summary>
    private sealed class SeriesScales
    {
        private readonly Dictionary<string, double[]> _bySeries = new(StringComparer.Ordinal);
        private readonly double[] _unknown;
        private readonly int _seasonality, _channels;
        private float[] _season;

        public SeriesScales(SeriesSet set, int seasonality)
        {
            (_seasonality, _channels) = (seasonality, set.Channels);
            _season = new float[seasonality * _channels];
            _unknown = new double[_channels];
            Array.Fill(_unknown, double.NaN);
            foreach (Series series in set.Series)
            {
                var values = new float[series.Length * _channels];
                series.Rows.CopyTo(0, values);
                var scale = new double[_channels];
                ForecastingEvaluator.SeasonalScale(values, seasonality, scale);
                _bySeries.Add(series.Key ?? "", scale);
            }
        }

        /// <summary>A series without history has no scale: its errors leave MASE out.</summary>
        public double[] this[string? key] => _bySeries.GetValueOrDefault(key ?? "", _unknown);

        public ReadOnlySpan<float> LastSeason(Series series)
        {
            int steps = (int)Math.Min(_seasonality, series.Length);
            Span<float> season = _season.AsSpan(0, steps * _channels);
            series.Rows.CopyTo(series.Length - steps, season);
            return season;
        }
    }
}
