namespace MLNet.Sequence;

/// <summary>What runs a fitted network. All give the same to within 1e-4 relative, and each gives the same bits every time.</summary>
public enum ScoringBackend
{
    /// <summary>
    /// libtorch where <c>MLContext.GpuDeviceId</c> names a GPU. On the CPU plain C# for passes of at most 100 million
    /// multiplications, reckoned as rows × steps × <see cref="SequenceModel.ParameterCount"/>, and libtorch for larger
    /// ones: below, a pass takes some milliseconds either way and libtorch, of which a process then needs none, a second to
    /// load; above, it is up to twice as fast for batches of wide recurrent layers. Where libtorch cannot be loaded, plain C#
    /// serves for all, and a warning says why.
    /// </summary>
    Auto,

    /// <summary>Plain C# on the CPU, whatever the size; no native library is touched.</summary>
    Managed,

    /// <summary>libtorch, whatever the size, on the device that the context names.</summary>
    Torch,
}
