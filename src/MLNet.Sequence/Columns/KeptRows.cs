using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Columns;

/// <summary>
/// Rows that are read once, and then from memory as often as needed: the same rows in the same order, even if the data changes.
/// </summary>
internal sealed class KeptRows : IDataView
{
    private readonly RowCopies _copies;
    private readonly DataViewSchema.Column[] _kept;
    private readonly int _count;

    /// <param name="data">The rows.</param>
    /// <param name="columns">The columns to keep; all others disappear, and names that the data does not have are ignored.</param>
    /// <param name="host">The host whose cancellation is checked from time to time.</param>
    public KeptRows(IDataView data, IEnumerable<string> columns, SequenceHost host)
    {
        _kept = [.. columns.Select(name => data.Schema.GetColumnOrNull(name)).OfType<DataViewSchema.Column>().DistinctBy(column => column.Index)];
        var schema = new DataViewSchema.Builder();
        foreach (DataViewSchema.Column column in _kept)
            schema.AddColumn(column.Name, column.Type, column.Annotations);
        Schema = schema.ToSchema();
        using DataViewRowCursor cursor = DataFrameColumns.Open(host, data, _kept);
        _copies = new RowCopies(cursor, _kept);
        for (; cursor.MoveNext(); _count++)
        {
            if (_count % 1024 == 0)
                host.ThrowIfCanceled();
            _copies.Keep();
        }
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => _count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(this, [.. columnsNeeded.Select(column => column.Index)]);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(KeptRows rows, HashSet<int> active) : DataViewRowCursor
    {
        private int _row = -1;

        public override long Position => _row < rows._count ? _row : -1;

        public override long Batch => 0;

        public override DataViewSchema Schema => rows.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<DataViewRowId> GetIdGetter() => rows._copies.Id(() => _row);

        public override bool MoveNext() => _row < rows._count && ++_row < rows._count;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => active.Contains(column.Index)
            ? rows._copies.Getter<TValue>(rows._kept[column.Index], () => _row)
            : throw new ArgumentOutOfRangeException(nameof(column), $"The column '{column.Name}' is not active in this cursor.");
    }
}
