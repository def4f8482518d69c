using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>A task whose network gives one output for a whole sequence.</summary>
public abstract record WholeRowTask : SequenceRowTask
{
    /// <summary>How the steps of the backbone's output are pooled into one.</summary>
    public required PoolingKind Pooling { get; init; }

    internal override bool PoolsSteps => Pooling != PoolingKind.LastStep;

    private protected override Layer Head => new Sequential(new Pooling(Pooling), new Dense(OutputSize)) { Names = ["pooling", "dense"] };
}
