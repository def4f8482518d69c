namespace MLNet.Sequence;

/// <summary>The backend that runs a fitted network. All return the same values up to 1e-4 relative; each returns the same bits every time.</summary>
public enum ScoringBackend
{
    /// <summary>
    /// libtorch if <c>MLContext.GpuDeviceId</c> names a GPU. On the CPU, plain C# for networks of recurrent and dense layers with at most
    /// 250,000 weights, and for passes of at most 100 million multiplications, counted as rows × steps ×
    /// <see cref="SequenceModel.ParameterCount"/>; libtorch for the others. Recurrent networks of this size are faster in plain C#, also on
    /// one core. A small pass takes some milliseconds either way, and a process that does not need libtorch saves the second that it takes to
    /// load. If libtorch cannot be loaded, plain C# is used for all passes, and a warning gives the reason.
    /// </summary>
    Auto,

    /// <summary>Plain C# on the CPU, for any size; no native library is loaded.</summary>
    Managed,

    /// <summary>libtorch, for any size, on the device that the context names.</summary>
    Torch,
}
