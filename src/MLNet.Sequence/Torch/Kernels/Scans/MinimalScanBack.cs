using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Torch;

/// <summary>
/// The gradients of <see cref="MinimalScan{TGates}"/>, from the last step to the first: with D the gradient by h_t through all later steps,
/// x gets D · take · g′(x), and ln(keep / take) gets D · (h_(t−1) − g) · keep · take. The gates are computed again, which takes less time
/// than to read them from memory.
/// </summary>
/// <typeparam name="TGates">The cell's gates.</typeparam>
/// <param name="gates">[B, T, parts · C].</param>
/// <param name="start">h before the first step, [B, C].</param>
/// <param name="h">h of every step, [B, T, C].</param>
/// <param name="given">The gradients of h, [B, T, C].</param>
/// <param name="channels">C.</param>
internal readonly ref struct MinimalScanBack<TGates>(
    ReadOnlySpan<float> gates, ReadOnlySpan<float> start, ReadOnlySpan<float> h, ReadOnlySpan<float> given, int channels)
    : ILaneKernel where TGates : struct, IMinimalGates
{
    private readonly ReadOnlySpan<float> _gates = gates, _start = start, _h = h, _given = given;

    // D of one row.
    private readonly float[] _later = new float[channels];

    /// <summary>The gradients of the gates, [B, T, parts · C]; written.</summary>
    public Span<float> Gradients { private get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int from, int to) where T : struct, ILanes<T>
    {
        ref float later = ref MemoryMarshal.GetArrayDataReference(_later);
        int rows = _start.Length / channels, steps = _h.Length / _start.Length, width = TGates.Parts * channels;
        for (int row = 0; row < rows; row++)
        {
            _later.AsSpan().Clear();
            for (int step = steps - 1; step >= 0; step--)
            {
                int place = row * steps + step;
                ref float before = ref step == 0
                    ? ref Unsafe.Add(ref MemoryMarshal.GetReference(_start), row * channels)
                    : ref Unsafe.Add(ref MemoryMarshal.GetReference(_h), (nint)(place - 1) * channels);
                ref float given = ref Unsafe.Add(ref MemoryMarshal.GetReference(_given), (nint)place * channels);
                ref float gates = ref Unsafe.Add(ref MemoryMarshal.GetReference(_gates), (nint)place * width);
                ref float gradients = ref Unsafe.Add(ref MemoryMarshal.GetReference(Gradients), (nint)place * width);
                for (int at = from; at < to; at += T.Count)
                {
                    TGates.Read(ref gates, at, channels, out T keep, out T take);
                    T x = T.Load(ref gates, width - channels + at), zero = T.Of(0), one = T.Of(1);
                    T below = LaneFunctions.Sigmoid(T.AtMost(zero, x)), candidate = T.AtLeast(zero, x) + below;
                    T d = T.Load(ref given, at) + T.Load(ref later, at);
                    T odds = d * (T.Load(ref before, at) - candidate) * (keep * take);
                    TGates.Back(ref gates, ref gradients, at, channels, odds);
                    // ¼ + ¾ for x > 0
                    T slope = below * (one - below);
                    slope += T.WherePositive(x, one - slope);
                    (d * take * slope).Store(ref gradients, width - channels + at);
                    LaneFunctions.WithoutTraces(d * keep).Store(ref later, at);
                }
            }
        }
    }
}
