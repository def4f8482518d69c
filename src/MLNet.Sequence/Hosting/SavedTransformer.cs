using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence;

/// <summary>
/// A transformer of this library. It saves itself as one binary stream, for a model the bytes that its own file has, so that
/// <c>ml.Model.Save</c> and <c>ml.Model.Load</c> need nothing but this library.
/// </summary>
public abstract class SavedTransformer : ITransformer
{
    private readonly string _part;

    /// <param name="part">The name of the stream that it is saved as, by which it is read back.</param>
    private protected SavedTransformer(string part) => _part = part;

    /// <summary>Whether each output row depends on its input row alone.</summary>
    public abstract bool IsRowToRowMapper { get; }

    /// <summary>The schema that <see cref="Transform"/> delivers for data with the given schema.</summary>
    /// <param name="inputSchema">The schema of the data to be transformed.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column that the model reads is missing or has the wrong type.</exception>
    public abstract DataViewSchema GetOutputSchema(DataViewSchema inputSchema);

    /// <summary>Checks the schema and returns a lazy view: only its cursors run the model.</summary>
    /// <param name="input">The data to be transformed.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column that the model reads is missing or has the wrong type.</exception>
    public abstract IDataView Transform(IDataView input);

    /// <summary>The mapper of single rows, where <see cref="IsRowToRowMapper"/> is true.</summary>
    /// <param name="inputSchema">The schema of the rows to be mapped.</param>
    /// <exception cref="InvalidOperationException">The model reads more than one row.</exception>
    public abstract IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema);

    /// <summary>Writes the bytes that are saved. The stream may not seek.</summary>
    private protected abstract void WriteModel(Stream model);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        ctx.CheckAtModel();
        ctx.SetVersionInfo(ModelLoader.Version);
        ctx.SaveBinaryStream(_part, writer =>
        {
            writer.Flush();
            WriteModel(writer.BaseStream);
        });
    }
}
