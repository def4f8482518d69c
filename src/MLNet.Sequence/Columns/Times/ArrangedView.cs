using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Calendars;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Columns;

/// <summary>
/// Rows as a forecaster reads them: series by series, each in time order, with one row for each step. Each cursor reads all rows first, and
/// keeps a copy of the requested columns.
/// </summary>
internal sealed class ArrangedView : IDataView
{
    private readonly SequenceHost _host;
    private readonly IDataView _source;
    private readonly Forecasting _task;
    private bool _told;

    private ArrangedView(SequenceHost host, IDataView source, Forecasting task) => (_host, _source, _task) = (host, source, task);

    public bool CanShuffle => false;

    public DataViewSchema Schema => _source.Schema;

    /// <summary>The rows as the task wants them: sorted, combined to steps, or as they are.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column has no mean or sum.</exception>
    public static IDataView Of(SequenceHost host, IDataView data, Forecasting task)
    {
        bool isSame = data is ArrangedView { _task: var before }
            && (before.Sort, before.Resample, before.Frequency) == (task.Sort, task.Resample, task.Frequency);
        if (isSame || !task.Sort && task.Resample == Resampling.None)
            return data;
        if (task.Resample is Resampling.Mean or Resampling.Sum)
        {
            foreach (string name in StepRows.Combined(task).Keys)
            {
                DataViewType type = (data.Schema[name].Type as VectorDataViewType)?.ItemType ?? data.Schema[name].Type;
                if (type.RawType != typeof(float) && type.RawType != typeof(double))
                {
                    string expected = $"Single or Double, for {nameof(Resampling)}.{task.Resample} (Last accepts any type)";
                    throw host.Mismatch("resampled", name, expected, type.ToString()!);
                }
            }
        }

        return new ArrangedView(host, data, task);
    }

    public long? GetRowCount() => _task.Resample == Resampling.None ? _source.GetRowCount() : null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] columns = [.. columnsNeeded.DistinctBy(column => column.Index)];
        DataViewSchema.Column time = Schema[_task.TimeColumnName!];
        DataViewSchema.Column[] order = _task.SeriesColumnName is { } series ? [time, Schema[series]] : [time];
        using HostCancellation cancellation = _host.LinkCancellation();
        using DataViewRowCursor cursor = DataFrameColumns.Open(_host, _source, columns.Concat(order));
        var copies = new RowCopies(cursor, columns);
        Func<TimePoint?> readTime = TimeReader.CreatePoints(cursor, time);
        Func<string> readKey = order.Length > 1 ? KeyReader.Create(cursor, order[1]) : () => "";
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var rows = new List<TimedRow>();
        while (cursor.MoveNext())
        {
            if (cursor.Position % 4096 == 0)
                cancellation.Token.ThrowIfCancellationRequested();
            TimePoint point = readTime() ?? throw new InvalidOperationException($"The time in '{time.Name}' of row {cursor.Position + 1} is not a date in ISO "
                + "form (2024-01-31, 2024-01-31 13:05) or not a number: rows cannot be sorted by it. Load the column as DateTime.");
            string key = readKey();
            if (!numbers.TryGetValue(key, out int number))
                numbers.Add(key, number = numbers.Count);
            rows.Add(new TimedRow(number, point, copies.Keep()));
        }

        StepRows steps = StepRows.Of(rows, _task);
        Tell(rows, steps);
        return new ArrangedCursor(Schema, [.. columns.Select(column => column.Index)], copies, steps);
    }

    // The steps of a series are in one piece: there is one cursor, as ML.NET allows.
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private void Tell(List<TimedRow> rows, StepRows steps)
    {
        if (Interlocked.Exchange(ref _told, true))
            return;
        using HostChannel channel = _host.Start("Reading");
        long late = Enumerable.Range(1, Math.Max(0, rows.Count - 1)).Count(i => rows[i].Series == rows[i - 1].Series && rows[i - 1].Time.IsAfter(rows[i].Time));
        if (_task.Sort && late > 0)
            channel.Info($"The rows are sorted by '{_task.TimeColumnName}': {late} were earlier than the one before.");
        if (_task.Resample != Resampling.None)
            channel.Info($"{rows.Count} rows are combined to {steps.Count} steps ({_task.Frequency}, {_task.Resample}).{steps.LeftOut}");
    }
}

/// <summary>Passes on the last row of each step, with its time and what the rows of the step have together.</summary>
internal sealed class ArrangedCursor(DataViewSchema schema, HashSet<int> active, RowCopies copies, StepRows steps) : DataViewRowCursor
{
    private int _step = -1;
    private bool _ended;

    public override long Position => _ended ? -1 : _step;

    public override long Batch => copies.Batch(Last());

    public override DataViewSchema Schema => schema;

    public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

    public override ValueGetter<DataViewRowId> GetIdGetter() => copies.Id(Last);

    public override bool MoveNext()
    {
        _ended |= _step + 1 >= steps.Count;
        _step += _ended ? 0 : 1;
        return !_ended;
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new ArgumentOutOfRangeException(nameof(column), $"The column '{column.Name}' is not active in this cursor.");
        return steps.Getter(column, copies, () => _step) as ValueGetter<TValue> ?? copies.Getter<TValue>(column, Last);
    }

    private int Last() => !_ended && _step >= 0 ? steps.Last(_step)
        : throw new InvalidOperationException("The cursor is before the first row or after the last: there is no value.");
}
