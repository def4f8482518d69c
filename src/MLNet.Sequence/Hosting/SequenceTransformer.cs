namespace MLNet.Sequence.Hosting;

/// <summary>A fitted sequence model as an ML.NET transformer.</summary>
public abstract class SequenceTransformer : SavedTransformer
{
    private protected SequenceTransformer()
        : base(ModelLoader.ModelPart)
    {
    }

    /// <summary>
    /// What runs the network: <see cref="ScoringBackend.Auto"/>, the default, chooses by size and device. May be set at any
    /// time; what is scored from then on obeys it. It is not saved.
    /// </summary>
    public abstract ScoringBackend Backend { get; set; }
}
