using MLNet.Sequence.Hosting;

namespace MLNet.Sequence;

/// <summary>A fitted sequence model as an ML.NET transformer.</summary>
public abstract class SequenceTransformer : SavedTransformer, IDisposable
{
    private protected SequenceTransformer(SequenceModel model)
        : base(ModelLoader.ModelPart) => Model = model;

    /// <summary>The fitted model, for plain C#, ONNX and certificates: network, scaling, columns, training report.</summary>
    public SequenceModel Model { get; }

    /// <summary>
    /// What runs the network: <see cref="ScoringBackend.Auto"/>, the default, chooses by size and device. May be set at any
    /// time; what is scored from then on obeys it. It is not saved.
    /// </summary>
    public abstract ScoringBackend Backend { get; set; }

    /// <summary>
    /// Releases the network's native memory. Rows can still be scored, in plain C#, unless <see cref="Backend"/> is
    /// <see cref="ScoringBackend.Torch"/>: a PredictionEngine that is disposed disposes its model, which others may use.
    /// </summary>
    public abstract void Dispose();

    private protected override void WriteModel(Stream model) => Model.Save(model);
}
