using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Torch;

/// <summary>x_t = λ x_{t−1} + γ u_t for complex x, λ and u and real γ, for each channel. All steps hold the real parts, then the imaginary.</summary>
/// <param name="terms">u, [B, T, 2 N].</param>
/// <param name="start">x before the first step, [B, 2 N].</param>
/// <param name="x">x of every step, [B, T, 2 N]; written.</param>
/// <param name="factors">The real parts of λ, the imaginary parts, and γ, [3, N].</param>
internal readonly ref struct ComplexScan(ReadOnlySpan<float> terms, ReadOnlySpan<float> start, Span<float> x, ReadOnlySpan<float> factors) : ILaneKernel
{
    private readonly ReadOnlySpan<float> _terms = terms, _start = start, _factors = factors;
    private readonly Span<float> _x = x;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int from, int to) where T : struct, ILanes<T>
    {
        int states = _factors.Length / 3, width = 2 * states, rows = _start.Length / width, steps = _x.Length / _start.Length;
        ref float factors = ref MemoryMarshal.GetReference(_factors);
        ref float u = ref MemoryMarshal.GetReference(_terms);
        ref float x = ref MemoryMarshal.GetReference(_x);
        for (int row = 0; row < rows; row++)
        {
            ref float before = ref Unsafe.Add(ref MemoryMarshal.GetReference(_start), row * width);
            for (int step = 0; step < steps; step++)
            {
                for (int at = from; at < to; at += T.Count)
                {
                    T real = T.Load(ref factors, at), imaginary = T.Load(ref factors, states + at), gain = T.Load(ref factors, width + at);
                    T a = T.Load(ref before, at), b = T.Load(ref before, states + at);
                    T.MultiplyAdd(real, a, gain * T.Load(ref u, at) - imaginary * b).Store(ref x, at);
                    T.MultiplyAdd(real, b, T.MultiplyAdd(imaginary, a, gain * T.Load(ref u, states + at))).Store(ref x, states + at);
                }

                before = ref x;
                x = ref Unsafe.Add(ref x, width);
                u = ref Unsafe.Add(ref u, width);
            }
        }
    }
}
