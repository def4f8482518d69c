using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Forecasts;

/// <summary>
/// Reads scored rows for the evaluator, together with the history for the naive forecasts. The target columns are read first, in double:
/// they give the actual values, and show whether the rows are those that were scored.
/// </summary>
internal sealed class ForecastEvaluation
{
    // A distribution is judged by its quantiles of 5, 10, … 95 percent.
    private static readonly double[] Twentieths = [.. Enumerable.Range(1, 19).Select(part => part / 20.0)];

    // The mean of a history in other units is rarely nearer to that of the training rows than this.
    private const double OtherUnits = 3;

    private readonly SequenceHost _host;
    private readonly IDataView _scored;
    private readonly Forecasting _task;
    private readonly (DataViewSchema.Column[] Forecast, DataViewSchema.Column Actual) _columns;
    private readonly ChannelScaling _training;
    private readonly ForecastingEvaluationOptions _options;
    private readonly IReadOnlyList<double> _levels;
    private readonly bool _distributes;
    private readonly string? _time;
    private readonly int _size, _targets;
    private string? _gap;

    private ForecastEvaluation(
        SequenceHost host, (IDataView Rows, DataViewSchema.Column Forecast) scored, Forecasting full, ChannelScaling training,
            ForecastingEvaluationOptions options)
    {
        (_host, _scored, _training, _options, _time) = (host, scored.Rows, training, options, full.TimeColumnName);
        // The evaluation needs the targets, not the other inputs; their time order was checked when they were scored.
        // Steps without rows are counted as in scoring.
        string? time = full.MissingValues == MissingValues.Error ? null : full.TimeColumnName;
        _task = full with { Inputs = [], KnownInputs = [], StaticInputs = [], Calendar = null, TimeColumnName = time };
        _targets = _task.TargetChannels.Count;
        _size = _task.Horizon * _targets;
        bool bounded = full is { Intervals: not null, Levels: null } && scored.Forecast.Name == full.ForecastColumnName;
        _distributes = full.Distribution is not null && scored.Forecast.Name == full.ForecastColumnName;
        _levels = _distributes ? Twentieths
            : bounded ? full.WholeOutput.Levels
            : (scored.Forecast.Type as VectorDataViewType)?.Size == full.ForecastSize ? full.Output.Levels : [];
        new ForecastingColumns(host).Check(_scored.Schema, _task);
        DataViewSchema.Column Bound(string name) => ForecastAnnotations.FindBound(host, _scored.Schema, scored.Forecast, name);
        _columns = (
            bounded ? [Bound(full.Intervals!.LowerBoundColumnName), scored.Forecast, Bound(full.Intervals.UpperBoundColumnName)] : [scored.Forecast],
            ForecastAnnotations.FindActual(host, _scored.Schema, scored.Forecast, _task));
    }

    /// <summary>The metrics of all rows that have a forecast and all actual values.</summary>
    public static ForecastingMetrics Run(SequenceHost host, IDataView scored, ForecastingEvaluationOptions options)
    {
        var evaluation = ForecastEvaluation.Of(host, scored, options);
        ForecastingEvaluator evaluator = evaluation.NewEvaluator();
        evaluation.Feed((_, _) => evaluator);
        return evaluator.Compute();
    }

    /// <summary>Binds the columns of scored rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or is not a forecast.</exception>
    public static ForecastEvaluation Of(SequenceHost host, IDataView scored, ForecastingEvaluationOptions options)
    {
        DataViewSchema.Column forecast = scored.Schema.GetColumnOrNull(options.ForecastColumnName)
            ?? throw host.MissingColumn("forecast", options.ForecastColumnName, scored.Schema.Select(column => column.Name));
        (Forecasting task, ChannelScaling training) = ForecastAnnotations.Read(forecast)
            ?? throw host.Mismatch("forecast", options.ForecastColumnName, "a forecast column of MLNet.Sequence", forecast.Type.ToString()!);
        return new ForecastEvaluation(host, (scored, forecast), task, training, options);
    }

    /// <summary>An evaluator of such forecasts, without windows.</summary>
    public ForecastingEvaluator NewEvaluator() => new(new ForecastingEvaluatorOptions
    {
        Targets = _task.TargetChannels,
        Horizon = _task.Horizon,
        Seasonality = _options.Seasonality,
        StandardDeviations = _training.Deviation,
        Levels = _levels,
        References = _options.References,
    });

    /// <summary>Adds the windows of the rows to evaluators.</summary>
    /// <param name="evaluatorOf">The evaluator for a series and the place of a row among its rows; null: the row is not an origin.</param>
    /// <exception cref="InvalidOperationException">The rows are not those that were scored.</exception>
    public void Feed(Func<string?, long, ForecastingEvaluator?> evaluatorOf)
    {
        using HostCancellation cancellation = _host.LinkCancellation();
        IDataView? history = _options.History;
        SeriesSet rows = SeriesReader.Read(_scored, _task, allowMissing: true, cancellation), past = rows;
        SeriesHistory? earlier = null;
        if (history is not null)
        {
            new ForecastingColumns(_host).Check(history.Schema, _task);
            history = ArrangedView.Of(_host, history, _task with { TimeColumnName = _time });
            bool hasTimes = _options.References.Count > 0 || _time is not null;
            past = SeriesReader.Read(history, _task, allowMissing: true, cancellation, isLocated: hasTimes);
            CheckUnits(history, past, _training);
            if (hasTimes)
                earlier = new SeriesHistory([TimedSeries.Of(past, history, TimeIn(history))], TimedSeries.Of(rows, _scored, TimeIn(history)));
        }

        WarnOfConstant(_training);
        Feed(evaluatorOf, rows, new SeriesPast(past, _options.Seasonality, earlier, whole: _options.References.Count > 0));
        // Errors of the model and of the last value are correct for any rows; the seasonal forecast and the step-to-step scale need all rows.
        if (_gap is not null && (_options.Seasonality > 1 || history is null))
        {
            throw new InvalidOperationException(
                $"{_gap}: rows were left out, put in another order or changed after they were scored. The seasonal naive forecast and MASE need every row "
                    + "of a series in its order: "
                + "evaluate the rows as they were scored. Evaluate a part of them without a seasonality, and with the training rows as history.");
        }
    }

    // Steps without rows have no time.
    private string? TimeIn(IDataView history) =>
        _task.TimeColumnName is null && _time is not null && history.Schema.GetColumnOrNull(_time) is not null ? _time : null;

    private void Feed(Func<string?, long, ForecastingEvaluator?> evaluatorOf, SeriesSet rows, SeriesPast past)
    {
        (DataViewSchema.Column[] forecast, DataViewSchema.Column actual) = _columns;
        using DataViewRowCursor cursor = DataFrameColumns.Open(_host, _scored, SeriesReader.Columns(_scored.Schema, _task).Concat(forecast).Append(actual));
        Action<double[]> readForecast = ForecastReader.CreateJoined(cursor, forecast, _targets), readActual = ForecastReader.Create(cursor, actual);
        double[] forecasts = new double[_size * Math.Max(1, _levels.Count)], actuals = new double[_size];
        var row = new SeriesRow(cursor, _task);
        var places = new RowPlaces();
        long count = 0;
        for (; cursor.MoveNext(); count++)
        {
            row.Read();
            (Series series, long step) = count < rows.RowCount ? rows.Locate(count) : throw Changed();
            if (!IsRow(series, step, row))
                throw Changed();
            if (evaluatorOf(row.Key, places.Next(row.Key)) is not { } evaluator)
                continue;
            readActual(actuals);
            Restore(series, step, actuals);
            // Without actual values the forecast need not be computed.
            if (actuals.Contains(double.NaN))
                Array.Fill(forecasts, double.NaN);
            else
                Forecast(readForecast, forecasts);
            (double[] absolute, double[] squared) = past.Scales(row.Key);
            evaluator.Add(new EvaluatedWindow
            {
                Forecast = forecasts,
                Actual = actuals,
                History = past.Before(series, step),
                Scale = absolute,
                SquaredScale = squared,
                Series = row.Key,
            });
        }

        if (count != rows.RowCount)
            throw Changed();
    }

    private void Forecast(Action<double[]> read, double[] forecasts)
    {
        if (!_distributes)
        {
            read(forecasts);
            return;
        }

        var parameters = new double[_task.ForecastSize];
        read(parameters);
        foreach ((int i, ForecastDistribution distribution) in ForecastDistribution.Of(_task, parameters).Index())
        {
            for (int level = 0; level < Twentieths.Length; level++)
                forecasts[(i / _targets * Twentieths.Length + level) * _targets + i % _targets] = distribution.Quantile(Twentieths[level]);
        }
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
}
