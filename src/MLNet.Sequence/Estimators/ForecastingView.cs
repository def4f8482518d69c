using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Estimators;

/// <summary>
/// Rows with their forecasts. Nothing is read before a cursor asks for a forecast or an actual; then the columns of the
/// task are read once, for all cursors of this view, and forecasts are computed in blocks of rows.
/// </summary>
internal sealed class ForecastingView : IDataView
{
    private readonly IDataView _input;
    private readonly Lazy<ForecastBlocks> _blocks;

    public ForecastingView(IDataView input, DataViewSchema schema, ForecastingTransformer transformer)
    {
        (_input, Schema) = (input, schema);
        _blocks = new Lazy<ForecastBlocks>(() => new ForecastBlocks(input, transformer));
        ForecastIndex = schema[transformer.Task.ForecastColumn].Index;
        ActualIndex = schema[transformer.Task.ActualColumn].Index;
    }

    // Rows must come in time order, so no cursor shuffles.
    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public int ForecastIndex { get; }

    public int ActualIndex { get; }

    public long? GetRowCount() => _input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var active = new bool[Schema.Count];
        foreach (DataViewSchema.Column column in columnsNeeded)
            active[column.Index] = true;
        IEnumerable<DataViewSchema.Column> passed = _input.Schema.Where(column => active[column.Index]);
        return new ForecastingCursor(this, _input.GetRowCursor(passed), active, _blocks);
    }

    // Parts of the rows would not know their history: one cursor serves, as ML.NET allows.
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}

/// <summary>Passes the input's rows on and adds the two columns.</summary>
internal sealed class ForecastingCursor(ForecastingView view, DataViewRowCursor input, bool[] active, Lazy<ForecastBlocks> blocks) : DataViewRowCursor
{
    private ForecastBlock? _block;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override DataViewSchema Schema => view.Schema;

    public override bool IsColumnActive(DataViewSchema.Column column) => column.Index < active.Length && active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override bool MoveNext() => input.MoveNext();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new ArgumentOutOfRangeException(nameof(column), $"The column '{column.Name}' is not active in this cursor.");
        if (column.Index < view.ForecastIndex && column.Index < view.ActualIndex)
            return input.GetGetter<TValue>(input.Schema[column.Index]);
        ValueGetter<VBuffer<float>> getter = column.Index == view.ForecastIndex ? Forecast : Actual;
        return getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"The column '{column.Name}' is read as {typeof(TValue)}; it is {typeof(VBuffer<float>)}.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            input.Dispose();
        base.Dispose(disposing);
    }

    private void Forecast(ref VBuffer<float> value)
    {
        if (_block?.Holds(Position) != true)
            _block = blocks.Value.Compute(Position);
        Copy(_block.Row(Position), ref value);
    }

    private void Actual(ref VBuffer<float> value)
    {
        VBufferEditor<float> editor = VBufferEditor.Create(ref value, blocks.Value.OutputSize);
        blocks.Value.Actual(Position, editor.Values);
        value = editor.Commit();
    }

    private static void Copy(ReadOnlySpan<float> from, ref VBuffer<float> value)
    {
        VBufferEditor<float> editor = VBufferEditor.Create(ref value, from.Length);
        from.CopyTo(editor.Values);
        value = editor.Commit();
    }
}
