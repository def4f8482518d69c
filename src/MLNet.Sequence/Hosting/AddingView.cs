using Microsoft.ML;
using Microsoft.ML.Model.OnnxConverter;

namespace MLNet.Sequence.Hosting;

/// <summary>
/// Rows with columns added by a transformer of this library, with one cursor over the data. ML.NET's conversion of a chain to ONNX goes
/// from view to view, and would leave out without a word what it takes for data: here it is refused.
/// </summary>
internal abstract class AddingView(IDataView source, DataViewSchema schema) : ITransformCanSaveOnnx
{
    // Rows are read in blocks, or need those before them: no cursor shuffles.
    public bool CanShuffle => false;

    public DataViewSchema Schema => schema;

    public IDataView Source => source;

    /// <summary>Why it cannot be a part of a graph of ML.NET's, and what to do: one sentence.</summary>
    protected abstract string NotInOnnx { get; }

    public virtual long? GetRowCount() => source.GetRowCount();

    public abstract DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null);

    // Parts of the rows would not know those before them: one cursor serves, as ML.NET allows.
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx) => throw new NotSupportedException(NotInOnnx);

    void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx) => throw new NotSupportedException(NotInOnnx);

    void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException("A view is not saved; save the transformer that made it.");

    /// <summary>Which of all columns are among these.</summary>
    protected bool[] Active(IEnumerable<DataViewSchema.Column> columns)
    {
        var active = new bool[schema.Count];
        foreach (DataViewSchema.Column column in columns)
            active[column.Index] = true;
        return active;
    }

    /// <summary>A cursor over the data with the columns that are asked for and those that the added ones are made of.</summary>
    protected DataViewRowCursor Read(bool[] active, IEnumerable<DataViewSchema.Column> needed) =>
        source.GetRowCursor(source.Schema.Where(column => active[column.Index]).Concat(needed).DistinctBy(column => column.Index));
}
