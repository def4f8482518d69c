using System.Globalization;
using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Calendars;

namespace MLNet.Sequence.Columns;

/// <summary>A row that was copied.</summary>
/// <param name="Series">The number of its series, in the order of their first rows.</param>
/// <param name="Time">Its time.</param>
/// <param name="Slot">The copy.</param>
internal readonly record struct TimedRow(int Series, TimePoint Time, int Slot);

/// <summary>The rows of each step, in order, and what they have together.</summary>
internal sealed class StepRows
{
    private readonly TimedRow[] _rows;
    private readonly List<(int First, int Count)> _steps = [];
    private readonly Forecasting _task;
    private readonly Dictionary<string, bool> _combined;
    private readonly List<TimedRow> _leftOut = [];

    private StepRows(TimedRow[] rows, Forecasting task) => (_rows, _task, _combined) = (rows, task, Combined(task));

    public int Count => _steps.Count;

    /// <summary>A sentence on the steps that are left out; "" if there are none.</summary>
    public string LeftOut => _leftOut.Count == 0 ? "" : $" {_leftOut.Count} steps at the beginning or end of a series have fewer rows than all others and are "
        + $"left out; the first: {_task.Frequency!.Begin(_leftOut[0].Time)}.";

    /// <summary>The columns that are combined by arithmetic, and whether they are added up; the others have the value of the last row.</summary>
    public static Dictionary<string, bool> Combined(Forecasting task)
    {
        bool sums = task.Resample == Resampling.Sum;
        IEnumerable<string> inputs = task.Inputs.Concat(task.KnownInputs.Where(column => column.Keys is null)).Select(column => column.Name);
        return task.Resample is not (Resampling.Mean or Resampling.Sum) ? []
            : task.Targets.Select(column => (column.Name, sums)).Concat(inputs.Select(name => (Name: name, sums: false)))
                .ToDictionary(column => column.Name, column => column.sums, StringComparer.Ordinal);
    }

    public static StepRows Of(IReadOnlyList<TimedRow> rows, Forecasting task)
    {
        // Sorting is stable: rows of the same time keep their order.
        var byTime = Comparer<TimePoint>.Create((one, other) => one.CompareTo(other));
        IOrderedEnumerable<TimedRow> ordered = rows.OrderBy(row => row.Series);
        var steps = new StepRows([.. task.Sort ? ordered.ThenBy(row => row.Time, byTime) : ordered], task);
        for (int first = 0, next; first < rows.Count; first = next)
        {
            next = first + 1;
            while (next < rows.Count && steps.IsSame(first, next))
                next++;
            steps._steps.Add((first, next - first));
        }

        if (task.Resample is Resampling.Mean or Resampling.Sum)
            steps.LeaveOutParts();
        return steps;
    }

    /// <summary>The last row of a step.</summary>
    public int Last(int step) => _rows[_steps[step].First + _steps[step].Count - 1].Slot;

    /// <summary>Reads what the rows of a step have together; null: the column has the value of the last row.</summary>
    public Delegate? Getter(DataViewSchema.Column column, RowCopies copies, Func<int> step)
    {
        if (_task.Resample != Resampling.None && column.Name == _task.TimeColumnName)
            return StepTimes.Getter(column.Type, () => _task.Frequency!.Begin(_rows[_steps[step()].First].Time)!.Value);
        if (!_combined.TryGetValue(column.Name, out bool sums))
            return null;
        return column.Type switch
        {
            VectorDataViewType { ItemType.RawType: var item } => item == typeof(float) ? Vector<float>(column, copies, step, sums)
                : Vector<double>(column, copies, step, sums),
            _ => column.Type.RawType == typeof(float) ? Scalar<float>(column, copies, step, sums) : Scalar<double>(column, copies, step, sums),
        };
    }

    private bool IsSame(int first, int other)
    {
        if (_task.Resample == Resampling.None || _rows[first].Series != _rows[other].Series)
            return false;
        TimePoint one = _task.Frequency!.Begin(_rows[first].Time)!.Value, next = _task.Frequency.Begin(_rows[other].Time)!.Value;
        // A day is one step, also if its offset changes.
        return one.IsDate && _task.Frequency.StepDays >= 1 ? one.Clock == next.Clock : one == next;
    }

    // The first and the last step of a series with fewer rows than all others: half a day is not a day.
    private void LeaveOutParts()
    {
        // Rows that are steps already, as those of a part in time of combined rows, are all whole.
        if (_steps.All(step => step.Count == 1))
            return;
        (int First, int Count)[] all = [.. _steps];
        _steps.Clear();
        foreach (IGrouping<int, (int First, int Count)> series in all.GroupBy(step => _rows[step.First].Series))
        {
            (int First, int Count)[] own = [.. series];
            double least = own.Length < 3 ? 0 : own[1..^1].Min(Density);
            foreach ((int place, (int First, int Count) step) in own.Index())
            {
                if (place > 0 && place < own.Length - 1 || Density(step) >= least)
                    _steps.Add(step);
                else
                    _leftOut.Add(_rows[step.First]);
            }
        }
    }

    // Rows for the length of the step: months have 28 to 31 days.
    private double Density((int First, int Count) step) => step.Count / _task.Frequency!.Length(_rows[step.First].Time);

    // A missing value (NaN) does not count; without any value, the step has none.
    private ValueGetter<T> Scalar<T>(DataViewSchema.Column column, RowCopies copies, Func<int> step, bool sums)
        where T : IFloatingPointIeee754<T>
    {
        int slot = 0;
        ValueGetter<T> read = copies.Getter<T>(column, () => slot);
        T one = T.Zero;
        return (ref T value) =>
        {
            (int first, int count) = _steps[step()];
            var total = new Total();
            for (int row = first; row < first + count; row++)
            {
                slot = _rows[row].Slot;
                read(ref one);
                total.Add(double.CreateTruncating(one));
            }

            value = T.CreateTruncating(total.Of(sums));
        };
    }

    private ValueGetter<VBuffer<T>> Vector<T>(DataViewSchema.Column column, RowCopies copies, Func<int> step, bool sums)
        where T : IFloatingPointIeee754<T>
    {
        int slot = 0;
        ValueGetter<VBuffer<T>> read = copies.Getter<VBuffer<T>>(column, () => slot);
        VBuffer<T> one = default;
        return (ref VBuffer<T> value) =>
        {
            (int first, int count) = _steps[step()];
            Total[] totals = [];
            for (int row = first; row < first + count; row++)
            {
                slot = _rows[row].Slot;
                read(ref one);
                if (row == first)
                    totals = new Total[one.Length];
                foreach ((int place, T item) in one.DenseValues().Index())
                    totals[place].Add(double.CreateTruncating(item));
            }

            VBufferEditor<T> editor = VBufferEditor.Create(ref value, totals.Length);
            for (int place = 0; place < totals.Length; place++)
                editor.Values[place] = T.CreateTruncating(totals[place].Of(sums));
            value = editor.Commit();
        };
    }

    private struct Total
    {
        private double _sum;
        private long _count;

        public void Add(double value) => (_sum, _count) = double.IsNaN(value) ? (_sum, _count) : (_sum + value, _count + 1);

        public readonly double Of(bool sums) => _count == 0 ? double.NaN : sums ? _sum : _sum / _count;
    }
}

/// <summary>Times of steps in the type of their column.</summary>
internal static class StepTimes
{
    public static Delegate Getter(DataViewType type, Func<TimePoint> time)
    {
        ValueGetter<T> Read<T>(Func<TimePoint, T> convert) => (ref T value) => value = convert(time());
        return type switch
        {
            DateTimeDataViewType => Read(point => point.Clock),
            DateTimeOffsetDataViewType => Read(point => point.Date),
            TimeSpanDataViewType => Read(point => TimeSpan.FromSeconds(point.Number)),
            TextDataViewType => Read(point => point.Date.ToString(
                point.Date.Offset == TimeSpan.Zero ? "yyyy-MM-ddTHH:mm:ss" : "yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture).AsMemory()),
            _ => Type.GetTypeCode(type.RawType) switch
            {
                TypeCode.Single => Read(point => (float)point.Number),
                TypeCode.Double => Read(point => point.Number),
                TypeCode.Byte => Read(point => (byte)point.Number),
                TypeCode.SByte => Read(point => (sbyte)point.Number),
                TypeCode.Int16 => Read(point => (short)point.Number),
                TypeCode.UInt16 => Read(point => (ushort)point.Number),
                TypeCode.Int32 => Read(point => (int)point.Number),
                TypeCode.UInt32 => Read(point => (uint)point.Number),
                TypeCode.Int64 => Read(point => (long)point.Number),
                _ => Read(point => (ulong)point.Number),
            },
        };
    }
}
