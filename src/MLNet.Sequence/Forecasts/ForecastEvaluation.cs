using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Forecasts;

/// <summary>
/// Reads scored rows for the evaluator, together with the history for the naive forecasts. The target columns are read first, in double:
/// they give the actual values, and show whether the rows are those that were scored.
/// </summary>
internal sealed class ForecastEvaluation
{
    // The mean of a history in other units is rarely nearer to that of the training rows than this.
    private const double OtherUnits = 3;

    private readonly SequenceHost _host;
    private readonly IDataView _scored;
    private readonly Forecasting _task;
    private readonly (DataViewSchema.Column Forecast, DataViewSchema.Column Actual) _columns;
    private readonly int _size, _targets;
    private string? _gap;

    private ForecastEvaluation(SequenceHost host, IDataView scored, DataViewSchema.Column forecast, Forecasting full)
    {
        (_host, _scored) = (host, scored);
        // The evaluation needs the targets, not the other inputs; their time order was checked when they were scored.
        // Steps without rows are counted as in scoring.
        string? time = full.MissingValues == MissingValues.Error ? null : full.TimeColumnName;
        _task = full with { Inputs = [], KnownInputs = [], StaticInputs = [], Calendar = null, TimeColumnName = time };
        _targets = _task.TargetChannels.Count;
        _size = _task.Horizon * _targets;
        new ForecastingColumns(host).Check(scored.Schema, _task);
        _columns = (forecast, ForecastAnnotations.FindActual(host, scored.Schema, forecast, _task));
    }

    public static ForecastingMetrics Run(SequenceHost host, IDataView scored, int seasonality, IDataView? history, string forecastColumn)
    {
        DataViewSchema.Column forecast = scored.Schema.GetColumnOrNull(forecastColumn)
            ?? throw host.MissingColumn("forecast", forecastColumn, scored.Schema.Select(column => column.Name));
        (Forecasting task, ChannelScaling training) = ForecastAnnotations.Read(forecast)
            ?? throw host.Mismatch("forecast", forecastColumn, "a forecast column of MLNet.Sequence", forecast.Type.ToString()!);
        return new ForecastEvaluation(host, scored, forecast, task).Run(seasonality, history, training);
    }

    private ForecastingMetrics Run(int seasonality, IDataView? history, ChannelScaling training)
    {
        using HostCancellation cancellation = _host.LinkCancellation();
        SeriesSet rows = SeriesReader.Read(_scored, _task, allowMissing: true, cancellation), past = rows;
        if (history is not null)
        {
            new ForecastingColumns(_host).Check(history.Schema, _task);
            past = SeriesReader.Read(history, _task, allowMissing: true, cancellation);
            CheckUnits(history, past, training);
        }

        WarnOfConstant(training);
        var evaluator = new ForecastingEvaluator(new ForecastingEvaluatorOptions
        {
            Targets = _task.TargetChannels,
            Horizon = _task.Horizon,
            Seasonality = seasonality,
            StandardDeviations = training.Deviation,
        });
        Feed(evaluator, rows, new SeriesScales(past, seasonality));
        // Errors of the model and of the last value are correct for any rows; the seasonal forecast and the step-to-step scale need all rows.
        if (_gap is not null && (seasonality > 1 || history is null))
        {
            throw new InvalidOperationException(
                $"{_gap}: rows were left out, put in another order or changed after they were scored. The seasonal naive forecast and MASE need every row "
                    + "of a series in its order: "
                + "evaluate the rows as they were scored. Evaluate a part of them without a seasonality, and with the training rows as history.");
        }

        return evaluator.Compute();
    }

    private void Feed(ForecastingEvaluator evaluator, SeriesSet rows, SeriesScales scales)
    {
        (DataViewSchema.Column forecast, DataViewSchema.Column actual) = _columns;
        using DataViewRowCursor cursor = DataFrameColumns.Open(_host, _scored, SeriesReader.Columns(_scored.Schema, _task).Append(forecast).Append(actual));
        Action<double[]> readForecast = ForecastReader.Create(cursor, forecast), readActual = ForecastReader.Create(cursor, actual);
        double[] forecasts = new double[_size], actuals = new double[_size];
        var row = new SeriesRow(cursor, _task);
        long count = 0;
        for (; cursor.MoveNext(); count++)
        {
            row.Read();
            (Series series, long step) = count < rows.RowCount ? rows.Locate(count) : throw Changed();
            if (!IsRow(series, step, row))
                throw Changed();
            readForecast(forecasts);
            readActual(actuals);
            Restore(series, step, actuals);
            evaluator.Add(forecasts, actuals, scales.LastSeason(series, step), scales[row.Key]);
        }

        if (count != rows.RowCount)
            throw Changed();
    }

    // The values before they became floats; a different value means a different row.
    private void Restore(Series series, long step, double[] actuals)
    {
        for (int i = 0; i < actuals.Length && step + 1 + i / _targets < series.Length; i++)
        {
            double value = series[step + 1 + i / _targets, i % _targets];
            if (((float)value).Equals((float)actuals[i]))
                actuals[i] = value;
            else
                _gap ??= string.Create(CultureInfo.InvariantCulture,
                    $"The rows{(series.Key is null ? "" : $" of series '{series.Key}'")} are not those that were scored: {1 + i / _targets} after row "
                        + $"{step + 1} '{_task.TargetChannels[i % _targets]}' is {value}, the column '{_task.ActualColumnName}' has {(float)actuals[i]}");
        }
    }

    private static bool IsRow(Series series, long step, SeriesRow row)
    {
        bool same = (row.Key ?? "") == (series.Key ?? "");
        for (int i = 0; i < row.Values.Length; i++)
            same &= series[step, i].Equals(row.Values[i]);
        return same;
    }

    private static InvalidOperationException Changed() =>
        new("The scored rows came in another order, or not at all, when they were read again: an evaluation reads them twice. Cache them first "
            + "(ml.Data.Cache, or a list).");

    private void WarnOfConstant(ChannelScaling training)
    {
        string[] constant = [.. _task.TargetChannels.Where((_, i) => double.IsNaN(training.Deviation[i])).Select(name => $"'{name}'")];
        if (constant.Length > 0)
            Warn($"{string.Join(", ", constant)} had one value in all training rows: standardised errors are not defined and left out.");
    }

    private void CheckUnits(IDataView history, SeriesSet past, ChannelScaling training)
    {
        var moments = new ChannelMoments(_targets);
        var row = new double[_targets];
        foreach (Series series in past.Series)
        {
            for (long step = 0; step < series.Length; step++)
            {
                series.Rows.CopyTo(step, row);
                moments.Add(row);
            }
        }

        ChannelScaling found = moments.ToScaling();
        for (int target = 0; target < _targets; target++)
        {
            double deviation = training.Deviation[target], factor = found.Deviation[target] / deviation;
            double shift = Math.Abs(found.Mean[target] - training.Mean[target]) / Math.Max(deviation, found.Deviation[target]);
            if (!found.IsConstant(target) && (factor is > OtherUnits or < 1 / OtherUnits || shift > OtherUnits))
            {
                Warn(string.Create(CultureInfo.InvariantCulture,
                    $"The history of '{_task.TargetChannels[target]}' has mean {found.Mean[target]:G4} and deviation {found.Deviation[target]:G4}, the "
                        + $"training rows had {training.Mean[target]:G4} and {deviation:G4}: MASE is wrong if these are other units. Give the history as "
                        + $"it was scored: through the same transforms."));
            }
        }

        foreach (ChannelColumn column in _task.Targets.Where(
            column => history.Schema[column.Name].IsNormalized() != _scored.Schema[column.Name].IsNormalized()))
            Warn($"Only one of the scored rows and the history has '{column.Name}' normalised: MASE is wrong if their units differ. Give the history "
                + "through the same transforms.");
    }

    private void Warn(string line)
    {
        using HostChannel channel = _host.Start("Evaluation");
        channel.WarnOnce(line);
    }

    /// <summary>The denominators of MASE by series, and the last season that was seen.</summary>
    private sealed class SeriesScales
    {
        private readonly Dictionary<string, double[]> _bySeries = new(StringComparer.Ordinal);
        private readonly double[] _unknown;
        private readonly int _seasonality, _channels;
        private readonly double[] _season;

        public SeriesScales(SeriesSet set, int seasonality)
        {
            (_seasonality, _channels) = (seasonality, set.Channels);
            _season = new double[seasonality * _channels];
            _unknown = new double[_channels];
            Array.Fill(_unknown, double.NaN);
            foreach (Series series in set.Series)
            {
                var values = new double[series.Length * _channels];
                series.Rows.CopyTo(0, values);
                var scale = new double[_channels];
                ForecastingEvaluator.SeasonalScale(values, seasonality, scale);
                _bySeries.Add(series.Key ?? "", scale);
            }
        }

        /// <summary>A series without history has no scale: its errors do not count in MASE.</summary>
        public double[] this[string? key] => _bySeries.GetValueOrDefault(key ?? "", _unknown);

        /// <summary>The last season before a step, including it.</summary>
        public ReadOnlySpan<double> LastSeason(Series series, long step)
        {
            int steps = (int)Math.Min(_seasonality, step + 1);
            Span<double> season = _season.AsSpan(0, steps * _channels);
            series.Rows.CopyTo(step + 1 - steps, season);
            return season;
        }
    }
}
