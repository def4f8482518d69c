using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Backtests;

/// <summary>Some consecutive steps of a series.</summary>
/// <param name="From">The first step, from 0.</param>
/// <param name="To">The step after the last one.</param>
internal readonly record struct StepRange(long From, long To)
{
    public long Count => Math.Max(0, To - From);

    public bool Holds(long step) => step >= From && step < To;
}

/// <summary>A part in time of each series: a lazy view that passes rows on and copies nothing.</summary>
internal sealed class StepsView : ITestRows
{
    private readonly IDataView _source;
    private readonly string? _seriesColumn;
    private readonly Dictionary<string, StepRange> _parts;
    private readonly long _count;

    /// <param name="source">The rows.</param>
    /// <param name="lengths">The lengths of their series.</param>
    /// <param name="part">The rows to keep of a series, from the number of its rows.</param>
    public StepsView(IDataView source, SeriesLengths lengths, Func<long, StepRange> part)
    {
        (_source, _seriesColumn) = (source, lengths.SeriesColumn);
        _parts = lengths.ByKey.ToDictionary(one => one.Key, one => part(one.Value.Rows), StringComparer.Ordinal);
        foreach (string key in lengths.LeftOut)
            _parts.Add(key, default);
        _count = _parts.Values.Sum(range => range.Count);
    }

    /// <inheritdoc/>
    public Func<string?, long, bool>? IsOrigin { get; init; }

    // The steps of a series keep their order.
    public bool CanShuffle => false;

    public DataViewSchema Schema => _source.Schema;

    public long? GetRowCount() => _count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] requested = [.. columnsNeeded];
        IEnumerable<DataViewSchema.Column> read = _seriesColumn is { } series ? requested.Append(Schema[series]) : requested;
        return new Cursor(this, _source.GetRowCursor(read.DistinctBy(column => column.Index)), [.. requested.Select(column => column.Index)]);
    }

    // A step's number follows from the rows before it: there is one cursor, as ML.NET allows.
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(StepsView view, DataViewRowCursor input, HashSet<int> active) : DataViewRowCursor
    {
        private readonly Func<string> _readKey = view._seriesColumn is { } series ? KeyReader.Create(input, input.Schema[series]) : () => "";
        private readonly Dictionary<string, long> _steps = new(StringComparer.Ordinal);
        private long _passed;
        private bool _ended;

        public override long Position => _passed == 0 || _ended ? -1 : _passed - 1;

        public override long Batch => input.Batch;

        public override DataViewSchema Schema => view.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => active.Contains(column.Index)
            ? input.GetGetter<TValue>(input.Schema[column.Index])
            : throw new ArgumentOutOfRangeException(nameof(column), $"The column '{column.Name}' is not active in this cursor.");

        public override bool MoveNext()
        {
            // After the last step of all parts the remaining rows need not be read.
            while (!_ended && _passed < view._count && input.MoveNext())
            {
                string key = _readKey();
                long step = _steps.GetValueOrDefault(key);
                _steps[key] = step + 1;
                if (!view._parts.TryGetValue(key, out StepRange part))
                    throw new InvalidOperationException($"The series '{key}' was not there when the rows were split: the data has changed since.");
                if (!part.Holds(step))
                    continue;
                _passed++;
                return true;
            }

            _ended = true;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                input.Dispose();
            base.Dispose(disposing);
        }
    }
}
