using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Columns;

/// <summary>
/// Passes on the rows of a cursor with added columns. If these need later rows, the rows between are copied. One cursor reads the data,
/// so that added values belong to their row even if the data has another order each time, or can be read only once.
/// </summary>
internal abstract class AddingCursor : DataViewRowCursor
{
    private readonly bool[] _active;
    private readonly RowCopies? _copies;
    private int? _slot;

    /// <param name="input">The rows, with the requested columns and those that the added columns need.</param>
    /// <param name="outputs">The schema with the added columns after those of the rows, and which of all are requested.</param>
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

    /// <summary>Bytes of the last copy, as far as the types of the columns show.</summary>
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

    /// <summary>Copies the current row of the data's cursor; returns its slot.</summary>
    protected int Keep() => _copies!.Keep();

    /// <summary>Passes on a copied row and releases the previous one.</summary>
    /// <param name="slot">The copy; null: no rows are left.</param>
    protected bool PassOn(int? slot)
    {
        if (_slot is { } passed)
            _copies!.Release(passed);
        _slot = slot;
        return slot is not null;
    }

    /// <summary>The getter of an added column.</summary>
    /// <param name="index">The index among the added columns, from 0.</param>
    protected abstract Delegate Added(int index);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Input.Dispose();
        base.Dispose(disposing);
    }

    private int Slot() => _slot ?? throw new InvalidOperationException("The cursor is before the first row or after the last: there is no value.");
}
