namespace MLNet.Sequence;

/// <summary>What runs recurrent layers, scans and causal convolutions in training on a CPU; each shard of a batch runs on one thread.</summary>
public enum TrainingKernels
{
    /// <summary>
    /// The faster one for the batch size, the number of steps and the layer's size, by a table that was measured beforehand
    /// (docs/performance-tables.md): nothing is measured in training, so the same training has the same bits on every run.
    /// </summary>
    ByShape,

    /// <summary>This library's kernels, in plain C#, for all shapes.</summary>
    Managed,

    /// <summary>libtorch's own layers and operations, for all shapes.</summary>
    Libtorch,
}
