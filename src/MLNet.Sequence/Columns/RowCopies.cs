using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Columns;

/// <summary>
/// Copies of earlier rows of a cursor: the values of some of its columns, of any type, and the rows' ids. Each copy has
/// a numbered slot, which is reused after its release.
/// </summary>
internal sealed class RowCopies
{
    private readonly DataViewRow _row;
    private readonly Dictionary<int, ColumnCopies> _columns;
    private readonly ColumnCopies<DataViewRowId> _ids;
    private readonly List<long> _batches = [];
    private readonly Stack<int> _free = new();

    /// <param name="row">The cursor.</param>
    /// <param name="columns">The columns to copy; they must be active.</param>
    public RowCopies(DataViewRow row, IEnumerable<DataViewSchema.Column> columns)
    {
        _row = row;
        _columns = columns.ToDictionary(column => column.Index, column => ColumnCopies.Create(row, column));
        _ids = new ColumnCopies<DataViewRowId>(row.GetIdGetter());
    }

    /// <summary>Bytes of the last copied values, as far as their types show.</summary>
    public long Bytes { get; private set; }

    /// <summary>Copies the current row; returns its slot.</summary>
    public int Keep()
    {
        if (!_free.TryPop(out int slot))
        {
            slot = _batches.Count;
            _batches.Add(0);
        }

        _batches[slot] = _row.Batch;
        Bytes = _ids.Keep(slot);
        foreach (ColumnCopies column in _columns.Values)
            Bytes += column.Keep(slot);
        return slot;
    }

    /// <summary>Releases a slot.</summary>
    public void Release(int slot) => _free.Push(slot);

    public long Batch(int slot) => _batches[slot];

    public ValueGetter<DataViewRowId> Id(Func<int> slot) => (ValueGetter<DataViewRowId>)_ids.Getter(slot);

    /// <summary>Reads a column of the row in a slot.</summary>
    public ValueGetter<T> Getter<T>(DataViewSchema.Column column, Func<int> slot) => _columns[column.Index].Getter(slot) as ValueGetter<T>
        ?? throw new InvalidOperationException($"The column '{column.Name}' is read as {typeof(T)}; it is {column.Type.RawType}.");
}

/// <summary>Copies of the values of one column.</summary>
internal abstract class ColumnCopies
{
    /// <summary>For a column of any type: scalars and other independent values, and vectors.</summary>
    public static ColumnCopies Create(DataViewRow row, DataViewSchema.Column column)
    {
        Type form = column.Type is VectorDataViewType vector
            ? typeof(VectorCopies<>).MakeGenericType(vector.ItemType.RawType)
            : typeof(ColumnCopies<>).MakeGenericType(column.Type.RawType);
        return (ColumnCopies)Activator.CreateInstance(form, row, column)!;
    }

    /// <summary>Copies the current row's value; returns its size in bytes, as far as its type shows.</summary>
    public abstract long Keep(int slot);

    /// <summary>A <see cref="ValueGetter{TValue}"/> of the value in a slot.</summary>
    public abstract Delegate Getter(Func<int> slot);
}

/// <summary>Values that do not change after they are read.</summary>
internal sealed class ColumnCopies<T>(ValueGetter<T> read) : ColumnCopies
{
    private T[] _values = [];

    public ColumnCopies(DataViewRow row, DataViewSchema.Column column)
        : this(row.GetGetter<T>(column))
    {
    }

    public override long Keep(int slot)
    {
        if (slot >= _values.Length)
            Array.Resize(ref _values, Math.Max(slot + 1, 2 * _values.Length));
        // A column may write into the buffer that it gets, and an earlier reader may still hold that buffer.
        _values[slot] = default!;
        read(ref _values[slot]);
        return _values[slot] is ReadOnlyMemory<char> text ? sizeof(char) * text.Length : System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
    }

    public override Delegate Getter(Func<int> slot) => (ValueGetter<T>)((ref T value) => value = _values[slot()]);
}

/// <summary>Vectors, dense or sparse, whose memory is reused.</summary>
internal sealed class VectorCopies<T>(DataViewRow row, DataViewSchema.Column column) : ColumnCopies
{
    private readonly ValueGetter<VBuffer<T>> _read = row.GetGetter<VBuffer<T>>(column);
    private VBuffer<T>[] _values = [];

    public override long Keep(int slot)
    {
        if (slot >= _values.Length)
            Array.Resize(ref _values, Math.Max(slot + 1, 2 * _values.Length));
        _read(ref _values[slot]);
        long bytes = 0;
        if (typeof(T) == typeof(ReadOnlyMemory<char>))
        {
            foreach (T item in _values[slot].GetValues())
                bytes += sizeof(char) * ((ReadOnlyMemory<char>)(object)item!).Length;
        }

        return bytes + (long)System.Runtime.CompilerServices.Unsafe.SizeOf<T>() * _values[slot].GetValues().Length;
    }

    public override Delegate Getter(Func<int> slot) => (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => _values[slot()].CopyTo(ref value));
}
