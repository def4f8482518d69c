using System.Runtime.Intrinsics;

namespace MLNet.Sequence.Managed;

/// <summary>A computation for each channel on its own, written for vectors of any width.</summary>
internal interface ILaneKernel
{
    /// <summary>Computes the channels from <paramref name="from"/> to before <paramref name="to"/>, a whole number of vectors.</summary>
    void Run<T>(int from, int to) where T : struct, ILanes<T>;
}

internal static class LaneKernels
{
    /// <summary>Runs a kernel for all channels, with the widest vectors that fit; which channels share a vector depends on their number alone.</summary>
    public static void Run<TKernel>(TKernel kernel, int channels) where TKernel : struct, ILaneKernel, allows ref struct
    {
        int wide = Vector512.IsHardwareAccelerated ? Whole(channels, WideLanes.Count) : 0;
        int system = wide + Whole(channels - wide, SystemLanes.Count);
        if (wide > 0)
            kernel.Run<WideLanes>(0, wide);
        if (system > wide)
            kernel.Run<SystemLanes>(wide, system);
        if (channels > system)
            kernel.Run<OneLane>(system, channels);
    }

    private static int Whole(int channels, int lanes) => channels / lanes * lanes;
}
