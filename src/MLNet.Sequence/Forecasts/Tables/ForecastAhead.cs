using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Calendars;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Sessions;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Forecasts;

/// <summary>The forecasts after the end of each series of a view, with their times.</summary>
internal sealed class ForecastAhead
{
    private const int LeastPast = 24;

    private readonly SequenceHost _host;
    private readonly ForecastingTransformer _transformer;
    private readonly Forecasting _task;
    private readonly int _horizon, _steps;
    private readonly ForecastForm _form;
    private readonly HostCancellation _cancellation;
    private readonly bool _hasOffsets;
    private readonly Dictionary<Series, (long Steps, TimePoint? Time)> _ends = [];
    private readonly SeriesSet _set;

    /// <param name="host">The host.</param>
    /// <param name="transformer">The model.</param>
    /// <param name="history">The rows of all series.</param>
    /// <param name="asked">The steps and sample paths; null: the horizon, and what the model gives for it.</param>
    /// <param name="plansFollow">Whether rows without a value of any target at the end of a series hold its plan.</param>
    /// <param name="cancellation">Checked from time to time.</param>
    public ForecastAhead(SequenceHost host, ForecastingTransformer transformer, IDataView history, (int Steps, SamplePaths? Paths)? asked, bool plansFollow,
        HostCancellation cancellation)
    {
        (_host, _transformer, _cancellation) = (host, transformer, cancellation);
        new ForecastingColumns(host).Check(history.Schema, transformer.Task);
        history = ArrangedView.Of(host, history, transformer.Task);
        // A model of an older version does not know its frequency.
        _task = transformer.Task is { TimeColumnName: not null, Frequency: null } unknown
            ? unknown with { Frequency = FoundFrequency.Of(history, unknown, cancellation) } : transformer.Task;
        (_horizon, _steps, IsAsked) = (_task.Horizon, asked?.Steps ?? _task.Horizon, asked is not null);
        bool draws = _task.Distribution is not null && (_steps > _horizon || asked?.Paths is not null);
        _form = new ForecastForm(_task, _steps, draws ? asked?.Paths ?? new SamplePaths() : null);
        _hasOffsets = _task.TimeColumnName is { } time && history.Schema[time].Type is DateTimeOffsetDataViewType;
        _set = SeriesReader.Read(history, _task, allowMissing: true, cancellation, (row, series) =>
        {
            if (!plansFollow || row.HasTarget)
                _ends[series] = (series.Length, row.Time);
        }, isLocated: false);
    }

    // Whether a number of steps was asked for, whose known inputs must then be there.
    private bool IsAsked { get; }

    public ForecastTable Of(IDataView? future)
    {
        Series[] tooShort = [.. _set.Series.Where(series => !_ends.TryGetValue(series, out var end) || end.Steps < _task.LeastHistory)];
        bool skips = _task.ShortSeries == ShortSeries.Skip && tooShort.Length < _set.Series.Count;
        if (_set.RowCount == 0 || tooShort.Length > 0 && !skips)
        {
            string which = _set.RowCount == 0 ? "the data has no rows"
                : string.Join(", ", tooShort.Take(5).Select(series => $"{Named(series)} has {_ends.GetValueOrDefault(series).Steps} rows"));
            throw new InvalidOperationException($"A forecast needs {_task.LeastHistory} rows of a series (Context): {which}.");
        }

        if (skips && tooShort.Length > 0)
        {
            using HostChannel told = _host.Start("Forecast");
            told.Info($"{tooShort.Length} series have fewer rows than the context ({_task.Context}) and no forecast, beginning with "
                + $"{string.Join(", ", tooShort.Take(5).Select(Named))}.");
        }

        if (_form.Warnings().ToArray() is { Length: > 0 } warnings)
        {
            using HostChannel told = _host.Start("Forecast");
            Array.ForEach(warnings, told.Warning);
        }

        Dictionary<string, double[]> plans = future is null ? [] : Plans(future);
        ForecastRow[] rows = [.. _set.Series.Except(tooShort).SelectMany(series => After(series, future is null ? Following(series) : Plan(series, plans)))];
        if (_task.Calendar is { } calendar && rows is [{ Time: { } start }, ..])
        {
            using HostChannel channel = _host.Start("Forecast");
            TimeAxis.Warn(channel, calendar, (start, rows.Max(row => row.Time!.Value)));
        }

        _transformer.Warn([.. _set.Series.Select(series => series.Key).Where(key => !_transformer.Model.Scaling.Knows(key))], []);
        return new ForecastTable(_host.Environment, _form, rows, [.. _set.Series.Except(tooShort).SelectMany(Past)]);
    }

    // Twice the horizon shows what the forecast continues.
    private IEnumerable<ForecastPast> Past(Series series)
    {
        long end = _ends[series].Steps, first = Math.Max(0, end - Math.Max(LeastPast, 2L * _horizon));
        return _task.TargetChannels.Select((target, channel) => new ForecastPast(series.Key, target,
            [.. Enumerable.Range(0, (int)(end - first)).Select(step => series[first + step, channel])]));
    }

    private IEnumerable<ForecastRow> After(Series series, double[] plan)
    {
        _cancellation.Token.ThrowIfCancellationRequested();
        (long steps, TimePoint? time) = _ends[series];
        if (IsAsked)
            ForecastContinuation.MustBeKnown(_task, plan, _steps, time is { } end ? _task.Frequency?.After(end) : null, $"{Named(series)}: ");
        double[] ahead = Within(plan);
        double[][] forecast = [.. (_task.Adapts ? Adapted(series, ahead) : Forecaster.All(_transformer.Model, History(series), ahead, series.Key))
            .Chunk(_task.ForecastSize / _horizon)];
        Continuation? beyond = _steps > _horizon ? new Continuation(_transformer.Model, History(series), plan, _steps, series.Key) : null;
        ForecastPaths? drawn = _form.Paths is { } paths ? beyond?.Draw(paths) : null;
        double[] continued = drawn is null && beyond is not null ? beyond.Forecast() : [];
        IReadOnlyList<string> targets = _task.TargetChannels;
        for (int step = 0; step < _steps; step++)
        {
            time = time is { } before ? _task.Frequency?.After(before) : null;
            for (int target = 0; target < targets.Count; target++)
            {
                var row = new ForecastRow(series.Key, step + 1, targets[target], double.NaN)
                {
                    Time = time is { IsDate: true } date ? date.Clock : null,
                    Offset = _hasOffsets ? time?.Date.Offset : null,
                    Number = time is { IsDate: false } number ? number.Number : null,
                };
                yield return step < _horizon ? _form.Within(row, forecast[step], target)
                    : drawn is null ? _form.Beyond(row, continued[step * targets.Count + target]) : _form.Beyond(row, drawn, target);
            }
        }
    }

    // The rows that a forecast reads.
    private double[] History(Series series)
    {
        long steps = _ends[series].Steps, first = _task.CarriesState ? 0 : Math.Max(0, steps - _task.Context);
        var history = new double[(steps - first) * _task.DataChannels];
        series.Rows.CopyTo(first, history);
        return history;
    }

    // The plan of the horizon. A step's forecast does not read the known inputs of later steps.
    private double[] Within(double[] plan)
    {
        int known = _task.KnownSize, size = _horizon * known;
        if (plan.Length >= size)
            return plan[..size];
        double[] longer = [.. plan, .. new double[size - plan.Length]];
        for (int at = plan.Length; at < size; at++)
            longer[at] = longer[at - known];
        return longer;
    }

    // The same, with bounds that have followed the series from its first row.
    private double[] Adapted(Series series, double[] plan)
    {
        (long steps, TimePoint? time) = _ends[series];
        SequenceSession session = _transformer.Model.CreateSession();
        string key = series.Key ?? "";
        double[] row = new double[_task.DataChannels], forecast = new double[session.OutputSize], lower = new double[forecast.Length],
            upper = new double[forecast.Length];
        for (long step = 0; step < steps; step++)
        {
            series.Rows.CopyTo(step, row);
            session.Step(key, row, _task.KnownSize == 0 ? [] : Ahead(step), forecast);
        }

        session.Bounds(key, lower, upper);
        double[][] parts = [lower, forecast, upper];
        int targets = _task.TargetChannels.Count;
        return [.. Enumerable.Range(0, _task.ForecastSize).Select(i =>
            parts[i / targets % parts.Length][i / (parts.Length * targets) * targets + i % targets])];

        // Known inputs of the rows of the history, and after its end those of the plan.
        double[] Ahead(long step)
        {
            double[] known = _task.KnownAhead(series, step, time);
            int inside = (int)Math.Min(_task.Horizon, steps - 1 - step) * _task.KnownSize;
            plan.AsSpan(..(known.Length - inside)).CopyTo(known.AsSpan(inside));
            return known;
        }
    }

    // The known inputs of the rows after the last target.
    private double[] Following(Series series)
    {
        (long end, TimePoint? time) = _ends[series];
        if (_task.KnownInputs.Count > 0)
            MustBeWhole(series, series.Length - end);
        return _task.KnownAhead(series, end - 1, time, _steps);
    }

    // The known inputs of other rows, by series; without those up to the end of its history.
    private Dictionary<string, double[]> Plans(IDataView future)
    {
        if (_task.KnownInputs.Count == 0)
            throw new ArgumentException("The model has no known inputs, so it takes no future rows.", nameof(future));
        Forecasting plan = _task with { Targets = _task.KnownInputs, Inputs = [], KnownInputs = [], StaticInputs = [], Calendar = null, SteadyInputs = null };
        new ForecastingColumns(_host).Check(future.Schema, plan with { Targets = [], KnownInputs = _task.KnownInputs });
        var values = new Dictionary<string, List<double>>(StringComparer.Ordinal);
        // These rows have no targets.
        future = ArrangedView.Of(_host, future, _task with { Targets = [], Inputs = [], StaticInputs = [] });
        SeriesReader.Read(future, plan, allowMissing: true, _cancellation, (row, _) =>
        {
            if (_set.Series.FirstOrDefault(series => (series.Key ?? "") == (row.Key ?? "")) is not { } series
                || _ends.GetValueOrDefault(series).Time is { } end && row.Time is { } now && !now.IsAfter(end))
                return;
            if (!values.TryGetValue(row.Key ?? "", out List<double>? own))
            {
                values.Add(row.Key ?? "", own = []);
                MustFollow(series, row.Time);
            }

            if (own.Count > 0)
                own.AddRange(row.MissingRows.SelectMany(missing => missing));
            own.AddRange(row.Values);
        });
        return values.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray(), StringComparer.Ordinal);
    }

    private double[] Plan(Series series, Dictionary<string, double[]> plans)
    {
        double[] plan = plans.GetValueOrDefault(series.Key ?? "") ?? [];
        int known = _task.KnownSize - _task.CalendarSize;
        MustBeWhole(series, plan.Length / known);
        plan = plan[..(_steps * known)];
        return _task.Calendar is null ? plan : _task.WithCalendar(plan, _task.Frequency!.After(_ends[series].Time!.Value)!.Value, 0, _task.KnownSize).Rows;
    }

    private void MustFollow(Series series, TimePoint? first)
    {
        if (_ends[series].Time is { } end && first is { } start && _task.Frequency?.Steps(end, start) is not 1)
            throw new InvalidOperationException($"The future rows of {Named(series)} begin at {start}; expected {_task.Frequency?.After(end)}, the step after "
                + $"its last row, {end}.");
    }

    private void MustBeWhole(Series series, long steps)
    {
        if (steps < _steps)
        {
            TimePoint? first = _ends[series].Time is { } end ? _task.Frequency?.After(end) : null;
            string place = ForecastContinuation.Place(_task, (int)steps, first);
            throw new InvalidOperationException($"{Named(series)} has {steps} of the {_steps} steps ahead of the known inputs "
                + $"({string.Join(", ", _task.KnownInputs.Select(column => column.Name))}), and no values {place}: give them as rows after the last one, whose "
                + "targets are missing (NaN), or as future rows.");
        }
    }

    private static string Named(Series series) => series.Key is null ? "the series" : $"the series '{series.Key}'";
}
