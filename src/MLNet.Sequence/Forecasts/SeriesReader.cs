using System.Text;
using Microsoft.ML;
using MLNet.Sequence.Calendars;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Forecasts;

/// <summary>Reads rows of an IDataView into series, in one pass, and only the columns of the task.</summary>
internal static class SeriesReader
{
    /// <summary>All rows. A time that does not ascend is an error; a missing value is kept as NaN.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="task">The task, which names the columns.</param>
    /// <param name="allowMissing">
    /// False: an infinity, and a NaN that the task does not handle, is an error that names row, column and series.
    /// </param>
    /// <param name="cancellation">Checked from time to time.</param>
    /// <param name="each">Called for each row, with its series; null: nothing.</param>
    /// <param name="isLocated">Whether rows are searched for by their number. Default true.</param>
    public static SeriesSet Read(
        IDataView data, Forecasting task, bool allowMissing, HostCancellation cancellation, Action<SeriesRow, Series>? each = null, bool isLocated = true)
    {
        var set = new SeriesSet(task.Channels) { IsLocated = isLocated };
        DataViewSchema.Column? unnamed = allowMissing ? null : UnnamedTime.Find(data.Schema, task);
        IEnumerable<DataViewSchema.Column> columns = Columns(data.Schema, task);
        using DataViewRowCursor cursor = DataFrameColumns.Open(cancellation.Host, data, unnamed is { } dates ? columns.Append(dates) : columns);
        UnnamedTime? time = unnamed is { } found ? new UnnamedTime(cursor, found) : null;
        var row = new SeriesRow(cursor, task) { Advice = () => TimeOrder.Advice(data, task, cancellation) };
        while (cursor.MoveNext())
        {
            if (cursor.Position % 4096 == 0)
                cancellation.Token.ThrowIfCancellationRequested();
            row.Read();
            time?.Read(row.Key);
            if (!allowMissing)
                row.MustBeFinite();
            if (row.Missing > 0)
                set.AddSteps(row.Key, row.MissingRows);
            set.Add(row.Key, row.Values);
            Series series = set.GetOrAdd(row.Key);
            row.MustBeStatic(series);
            each?.Invoke(row, series);
        }

        time?.Warn(cancellation.Host);
        if (!allowMissing)
            row.Report(cancellation.Host);
        // In the model's file, two such keys would become one.
        if (!allowMissing && set.Series.FirstOrDefault(series => IsCut(series.Key)) is { Key: { } cut })
        {
            throw new InvalidOperationException(
                $"The series column '{task.SeriesColumnName}' has the key '{cut}', which holds half of a character (a lone surrogate): expected whole "
                    + "characters. Cut texts between them, as StringInfo does.");
        }

        return set;
    }

    private static bool IsCut(string? key) => key is not null && key.EnumerateRunes().Contains(Rune.ReplacementChar) && !key.Contains('\uFFFD');

    /// <summary>The columns of the task in a schema.</summary>
    public static IEnumerable<DataViewSchema.Column> Columns(DataViewSchema schema, Forecasting task) =>
        task.Columns.Select(column => column.Name)
            .Concat(new[] { task.SeriesColumnName, task.TimeColumnName }.OfType<string>())
            .Distinct(StringComparer.Ordinal).Select(name => schema[name]);
}

/// <summary>The values of a task's columns at a cursor's current row.</summary>
internal sealed class SeriesRow
{
    private readonly DataViewRow _row;
    private readonly Forecasting _task;
    private readonly (Action<Span<double>> Read, int Start, int Count)[] _readers;
    private readonly Func<string>? _readKey;
    private readonly AscendingTimes? _times;
    private readonly TimeSteps? _steps;
    private readonly double[] _values;
    private readonly int _targets;

    public SeriesRow(DataViewRow row, Forecasting task)
    {
        (_row, _task, _targets) = (row, task, task.TargetChannels.Count);
        _values = new double[task.DataChannels];
        int start = 0;
        _readers = [.. task.AllColumns.Select(column =>
        {
            Action<Span<double>> read = column.Name.Length == 0 ? values => task.Calendar!.Fill(_steps!.Now.Clock, values)
                : column.Keys is { } keys ? ReadKey(row, column.Name, keys) : ChannelReaders.CreateDouble(row, row.Schema[column.Name]);
            return (read, (start += column.Channels.Count) - column.Channels.Count, column.Channels.Count);
        })];
        _readKey = task.SeriesColumnName is { } series ? KeyReader.Create(row, row.Schema[series]) : null;
        if (task.TimeColumnName is not { } time)
            return;
        _times = TimeReader.CreateCheck(row, row.Schema[time]);
        if (task.Frequency is { } frequency && frequency != Frequency.Irregular)
            _steps = new TimeSteps(row, row.Schema[time], task);
    }

    /// <summary>The advice in the message about a time that does not ascend.</summary>
    public Func<string> Advice { get; init; } = () => "Sort the rows by time and drop repeated ones.";

    /// <summary>Whether the earlier rows of a series still count; otherwise its next row is its first. Default: they do.</summary>
    public Func<string, bool> Knows { get; init; } = _ => true;

    /// <summary>The time of the last step of a series before the first row that is read here. Default: there is none.</summary>
    public Func<string, TimePoint?> Earlier { get; init; } = _ => null;

    /// <summary>The series; null without a series column.</summary>
    public string? Key { get; private set; }

    /// <summary>One value per channel.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>Whether the row has a value of a target; a row without one, after those with values, is one of a plan.</summary>
    public bool HasTarget { get; private set; }

    /// <summary>The number of steps between this row and the one before it for which there are no rows.</summary>
    public long Missing { get; private set; }

    /// <summary>The time of this row; null: the task has no frequency.</summary>
    public TimePoint? Time => _steps?.Now;

    /// <summary>The values of these steps.</summary>
    public IEnumerable<double[]> MissingRows => Missing == 0 ? [] : _steps!.MissingTimes.Select(time => _task.MissingRow(_values, time));

    private string Place => $"row {_row.Position + 1}{(Key is null ? "" : $" (series '{Key}')")}";

    // The index of the key among those of training; all other keys, and a missing one, come after them.
    private Action<Span<double>> ReadKey(DataViewRow row, string name, IReadOnlyList<string> keys)
    {
        Dictionary<string, int> places = keys.Index().ToDictionary(key => key.Item, key => key.Index, StringComparer.Ordinal);
        Func<string> read = KeyReader.Create(row, row.Schema[name]);
        return values =>
        {
            string key = read();
            if (!places.TryGetValue(key, out int place))
            {
                UnknownKeys.Add((name, key));
                place = keys.Count;
            }

            values[0] = place;
        };
    }

    /// <summary>Keys so far, with their columns, that were not in training.</summary>
    public HashSet<(string Column, string Key)> UnknownKeys { get; } = [];

    public void Read()
    {
        Key = _readKey?.Invoke();
        string key = Key ?? "";
        if (!Knows(key))
            Forget(key);
        else if (Earlier(key) is { } time)
            _steps?.Continue(key, time);
        if (_times?.Problem(key) is { } problem)
            throw new InvalidOperationException($"The time column '{_task.TimeColumnName}' must ascend within a series: in {Place}, {problem}. {Advice()}");
        string? gap = null;
        Missing = _steps?.Missing(key, out gap) ?? 0;
        if (gap is not null)
            throw new InvalidOperationException($"The time column '{_task.TimeColumnName}' must have a row for each step: in {Place}, {gap}. {Advice()}");
        foreach ((Action<Span<double>> read, int start, int count) in _readers)
            read(_values.AsSpan(start, count));
        // Before a missing target becomes a 0.
        HasTarget = _values.AsSpan(0, _targets).ContainsAnyExcept(double.NaN);
        _task.Read(_values, (0, _values.Length));
        // Only now: a row that is refused leaves no time behind.
        _times?.Accept(key);
        _steps?.Accept(key);
    }

    private void Forget(string key)
    {
        _times?.Forget(key);
        _steps?.Forget(key);
    }

    /// <summary>Says which missing steps were filled or left out.</summary>
    public void Report(SequenceHost host)
    {
        if (_steps is null || _steps.Filled.Count + _steps.Holidays.Count == 0)
            return;
        using HostChannel channel = host.Start("Reading");
        if (_steps.Filled.Count > 0)
            channel.Info($"{_steps.Filled.Count} missing steps are filled (MissingValues.{_task.MissingValues}); the first: {_steps.Filled.First}.");
        if (_steps.Holidays.Count > 0)
            channel.Info($"{_steps.Holidays.Count} steps are missing, as holidays are; rows on both sides are neighbours. The first: {_steps.Holidays.First}.");
    }

    /// <summary>Checks that a static value equals that of the series' first row.</summary>
    public void MustBeStatic(Series series)
    {
        for (int channel = _task.PastSize; channel < _values.Length; channel++)
        {
            if (!series[0, channel].Equals(_values[channel]))
            {
                throw new InvalidOperationException(
                    $"The static column '{_task.Channels[channel]}' must have one value in a series: it changes in {Place}. "
                    + $"Columns that change from row to row belong in {nameof(ForecastingOptions.KnownInputs)} or {nameof(ForecastingOptions.Inputs)}.");
            }
        }
    }

    public void MustBeFinite()
    {
        if (_task.Rule.HasPowers && Array.FindIndex(_values, 0, _targets, value => value < 0) is >= 0 and var negative)
        {
            throw new InvalidOperationException(FormattableString.Invariant($"The value of column '{_task.Channels[negative]}' is {_values[negative]} in ")
                + $"{Place}: {nameof(ScalingKind)}.{_task.Scaling} needs targets of at least 0. Use another {nameof(ForecastingOptions.Scaling)}.");
        }

        int channel = Array.FindIndex(_values, value => !float.IsFinite((float)value));
        // A value that belongs to the whole series is never filled.
        if (_task.FillsWindows)
            channel = Array.FindIndex(_values, value => double.IsNaN(value) ? false : !float.IsFinite((float)value)) is >= 0 and var wrong ? wrong
                : Array.FindIndex(_values, _task.PastSize, double.IsNaN);
        if (channel < 0)
            return;
        string found = double.IsNaN(_values[channel]) ? "missing (NaN)" : double.IsInfinity(_values[channel]) ? "infinite" : "beyond the range of Single";
        throw new InvalidOperationException($"The value of column '{_task.Channels[channel]}' is {found} in {Place}. Training needs a number in every row: "
            + $"fill it with {nameof(ForecastingOptions)}.{nameof(MissingValues)} (Interpolate, Forward, Mask or Zero) or with ReplaceMissingValues of "
            + "ml.Transforms. A row that is left out is a gap in time.");
    }
}
