using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Torch;

/// <summary>
/// A minimal cell over all steps, one after another: gates, candidate and recurrence in one pass over memory. The candidate is
/// g(x) = x + ½ for x ≥ 0, σ(x) below, which is max(x, 0) + σ(min(x, 0)).
/// </summary>
/// <typeparam name="TGates">The cell's gates.</typeparam>
/// <param name="gates">[B, T, parts · C].</param>
/// <param name="start">h before the first step, [B, C].</param>
/// <param name="h">h of every step, [B, T, C]; written.</param>
/// <param name="channels">C.</param>
internal readonly ref struct MinimalScan<TGates>(ReadOnlySpan<float> gates, ReadOnlySpan<float> start, Span<float> h, int channels)
    : ILaneKernel where TGates : struct, IMinimalGates
{
    private readonly ReadOnlySpan<float> _gates = gates, _start = start;
    private readonly Span<float> _h = h;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int from, int to) where T : struct, ILanes<T>
    {
        ref float gates = ref MemoryMarshal.GetReference(_gates);
        ref float h = ref MemoryMarshal.GetReference(_h);
        int rows = _start.Length / channels, steps = _h.Length / _start.Length;
        for (int row = 0; row < rows; row++)
        {
            ref float before = ref Unsafe.Add(ref MemoryMarshal.GetReference(_start), row * channels);
            for (int step = 0; step < steps; step++)
            {
                for (int at = from; at < to; at += T.Count)
                {
                    TGates.Read(ref gates, at, channels, out T keep, out T take);
                    T x = T.Load(ref gates, (TGates.Parts - 1) * channels + at), zero = T.Of(0);
                    T candidate = T.AtLeast(zero, x) + LaneFunctions.Sigmoid(T.AtMost(zero, x));
                    T.MultiplyAdd(keep, T.Load(ref before, at), take * candidate).Store(ref h, at);
                }

                before = ref h;
                h = ref Unsafe.Add(ref h, channels);
                gates = ref Unsafe.Add(ref gates, TGates.Parts * channels);
            }
        }
    }
}
