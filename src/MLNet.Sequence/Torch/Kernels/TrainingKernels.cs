namespace MLNet.Sequence;

/// <summary>What runs recurrent layers and causal convolutions in training on a CPU.</summary>
public enum TrainingKernels
{
    /// <summary>
    /// The faster one for the batch size, the number of steps and the layer's size, by a table that was measured beforehand
    /// (docs/performance.md): nothing is measured in training, so the same training has the same bits on every run.
    /// </summary>
    ByShape,

    /// <summary>This library's kernels, in plain C#, whose steps use one thread.</summary>
    Managed,

    /// <summary>libtorch's kernels, which use all threads of training.</summary>
    Libtorch,
}
