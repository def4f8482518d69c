using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence;

/// <summary>A fitted sequence model as an ML.NET transformer.</summary>
public abstract class SequenceTransformer : ITransformer, IDisposable
{
    private protected SequenceTransformer(SequenceModel model) => Model = model;

    /// <summary>The fitted model, for plain C#, ONNX and certificates: network, scaling, columns, training report.</summary>
    public SequenceModel Model { get; }

    /// <summary>
    /// The backend that runs the network: <see cref="ScoringBackend.Auto"/>, the default, chooses by size and device. May be set at any
    /// time; applies to all later scoring. It is not saved.
    /// </summary>
    public abstract ScoringBackend Backend { get; set; }

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

    /// <summary>
    /// Releases the network's native memory. Rows can still be scored, in plain C#, unless <see cref="Backend"/> is
    /// <see cref="ScoringBackend.Torch"/>: a PredictionEngine that is disposed also disposes its model, which others may use.
    /// </summary>
    public abstract void Dispose();

    void ICanSaveModel.Save(ModelSaveContext ctx) => SavedParts.Save(ctx, ModelLoader.ModelPart, Model.Save);
}
