using Microsoft.ML;

namespace MLNet.Sequence.Tests.Columns;

/// <summary>Passes on another view and records the columns of each opened cursor.</summary>
internal sealed class CountingView(IDataView inner) : IDataView
{
    public List<string> Requests { get; } = [];

    public bool CanShuffle => inner.CanShuffle;

    public DataViewSchema Schema => inner.Schema;

    public long? GetRowCount() => inner.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] columns = [.. columnsNeeded];
        Requests.Add(string.Join(" ", columns.Select(column => column.Name).Order(StringComparer.Ordinal)));
        return inner.GetRowCursor(columns, rand);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
