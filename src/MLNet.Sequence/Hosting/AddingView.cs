using Microsoft.ML;
using Microsoft.ML.Model.OnnxConverter;
using MLNet.Sequence.Onnx;

namespace MLNet.Sequence.Hosting;

/// <summary>
/// Rows with columns added by a transformer of this library, with one cursor over the data. ML.NET's conversion of a chain to ONNX goes
/// from view to view, and silently leaves out a view that says it cannot be converted: what cannot throws.
/// </summary>
internal abstract class AddingView(IDataView source, DataViewSchema schema) : ITransformCanSaveOnnx
{
    // Rows are read in blocks, or need earlier rows: no cursor shuffles.
    public bool CanShuffle => false;

    public DataViewSchema Schema => schema;

    public IDataView Source => source;

    public virtual long? GetRowCount() => source.GetRowCount();

    public abstract DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null);

    // Parts of the rows would not know the rows before them: there is one cursor, as ML.NET allows.
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx) => ToOnnx() is not null;

    void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx) => ChainGraph.Add(ctx, ToOnnx()(), schema);

    void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException("A view is not saved; save the transformer that made it.");

    /// <summary>A function that adds the added columns to the graph that ML.NET makes from a chain.</summary>
    /// <exception cref="NotSupportedException">They cannot be part of it; the message says what to do.</exception>
    protected abstract Func<OnnxRows> ToOnnx();

    /// <summary>Flags for all columns: whether each is among these.</summary>
    protected bool[] Active(IEnumerable<DataViewSchema.Column> columns)
    {
        var active = new bool[schema.Count];
        foreach (DataViewSchema.Column column in columns)
            active[column.Index] = true;
        return active;
    }

    /// <summary>A cursor over the data with the requested columns and those that the added columns need.</summary>
    protected DataViewRowCursor Read(bool[] active, IEnumerable<DataViewSchema.Column> needed) =>
        source.GetRowCursor(source.Schema.Where(column => active[column.Index]).Concat(needed).DistinctBy(column => column.Index));
}
