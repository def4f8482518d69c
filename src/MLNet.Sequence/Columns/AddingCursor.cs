using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Columns;

/// <summary>
/// Passes the rows of a cursor on with columns added. Where these need rows that come later, the rows between are copied: one cursor
/// reads the data, so that what is added belongs to its row also where the data comes in another order each time, or only once.
/// </summary>
internal abstract class AddingCursor : DataViewRowCursor
{
    private readonly bool[] _active;
    private readonly RowCopies? _copies;
    private int? _slot;

    /// <param name="input">The rows, with the columns that are asked for and those that the added ones are made of.</param>
    /// <param name="outputs">The schema with the added columns behind those of the rows, and which of them all are asked for.</param>
    /// <param name="ahead">Whether rows are read before they are passed on.</param>
    protected AddingCursor(DataViewRowCursor input, (DataViewSchema Schema, bool[] Active) outputs, bool ahead)
    {
        (Input, (Schema, _active)) = (input, outputs);
        if (ahead)
            _copies = new RowCopies(input, input.Schema.Where(column => _active[column.Index]));
    }

    public sealed override DataViewSchema Schema { get; }

    public override long Position => Input.Position;

    public sealed override long Batch => _slot is { } slot ? _copies!.Batch(slot) : Input.Batch;

    /// <summary>The cursor that reads the data.</summary>
    protected DataViewRowCursor Input { get; }

    /// <summary>Bytes of the copy made last, as far as the columns' types say.</summary>
    protected long CopiedBytes => _copies!.Bytes;

    public sealed override bool IsColumnActive(DataViewSchema.Column column) => column.Index < _active.Length && _active[column.Index];

    public sealed override ValueGetter<DataViewRowId> GetIdGetter() => _copies is null ? Input.GetIdGetter() : _copies.Id(Slot);

    public sealed override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new ArgumentOutOfRangeException(nameof(column), $"The column '{column.Name}' is not active in this cursor.");
        int added = column.Index - Input.Schema.Count;
        if (added < 0)
            return _copies is null ? Input.GetGetter<TValue>(Input.Schema[column.Index]) : _copies.Getter<TValue>(column, Slot);
        return Added(added) as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"The column '{column.Name}' is read as {typeof(TValue)}; it is {column.Type.RawType}.");
    }

    /// <summary>Copies the row that the data's cursor is at; returns its slot.</summary>
    protected int Keep() => _copies!.Keep();

    /// <summary>Passes a copied row on; the one before it is given back.</summary>
    /// <param name="slot">The copy; null: none is left.</param>
    protected bool PassOn(int? slot)
    {
        if (_slot is { } passed)
            _copies!.Release(passed);
        _slot = slot;
        return slot is not null;
    }

    /// <summary>The getter of an added column.</summary>
    /// <param name="index">From 0.</param>
    protected abstract Delegate Added(int index);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Input.Dispose();
        base.Dispose(disposing);
    }

    private int Slot() => _slot ?? throw new InvalidOperationException("The cursor is before the first row or behind the last: there is no value.");
}
