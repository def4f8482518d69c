using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Torch;

/// <summary>
/// The gradients of <see cref="ComplexScan"/>, from the last step to the first: D, the gradient by x_t through all later steps, is the given
/// one plus the conjugate of λ times the next D. u gets γ D; γ, the real part of λ and the imaginary part get sums over rows and steps.
/// </summary>
/// <param name="terms">u, [B, T, 2 N].</param>
/// <param name="start">x before the first step, [B, 2 N].</param>
/// <param name="x">x of every step, [B, T, 2 N].</param>
/// <param name="factors">The real parts of λ, the imaginary parts, and γ, [3, N].</param>
/// <param name="given">The gradients of x, [B, T, 2 N].</param>
internal readonly ref struct ComplexScanBack(
    ReadOnlySpan<float> terms, ReadOnlySpan<float> start, ReadOnlySpan<float> x, ReadOnlySpan<float> factors, ReadOnlySpan<float> given) : ILaneKernel
{
    private readonly ReadOnlySpan<float> _terms = terms, _start = start, _x = x, _factors = factors, _given = given;

    // D of a row, and its sums.
    private readonly float[] _later = new float[2 * factors.Length / 3], _sums = new float[factors.Length];

    /// <summary>The gradients of u, [B, T, 2 N]; written.</summary>
    public required Span<float> Terms { private get; init; }

    /// <summary>The gradients of the factors, [3, N]; added to.</summary>
    public required Span<float> Factors { private get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int from, int to) where T : struct, ILanes<T>
    {
        int states = _factors.Length / 3, width = 2 * states, rows = _start.Length / width, steps = _x.Length / _start.Length;
        for (int row = 0; row < rows; row++)
        {
            _later.AsSpan().Clear();
            _sums.AsSpan().Clear();
            for (int step = steps - 1; step >= 0; step--)
            {
                nint place = (nint)(row * steps + step) * width;
                ref float before = ref step == 0
                    ? ref Unsafe.Add(ref MemoryMarshal.GetReference(_start), row * width)
                    : ref Unsafe.Add(ref MemoryMarshal.GetReference(_x), place - width);
                for (int at = from; at < to; at += T.Count)
                    Step<T>(place + at, ref Unsafe.Add(ref before, at), at, states);
            }

            // One row after another, so that the sums stay small and lose little.
            for (int part = 0; part < 3; part++)
            {
                for (int at = from; at < to; at++)
                    Factors[part * states + at] += _sums[part * states + at];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Step<T>(nint place, ref float before, int at, int states) where T : struct, ILanes<T>
    {
        ref float factors = ref Unsafe.Add(ref MemoryMarshal.GetReference(_factors), at);
        ref float given = ref Unsafe.Add(ref MemoryMarshal.GetReference(_given), place);
        ref float u = ref Unsafe.Add(ref MemoryMarshal.GetReference(_terms), place);
        ref float terms = ref Unsafe.Add(ref MemoryMarshal.GetReference(Terms), place);
        ref float later = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_later), at);
        ref float sums = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_sums), at);
        T real = T.Load(ref factors, 0), imaginary = T.Load(ref factors, states), gain = T.Load(ref factors, 2 * states);
        T a = T.Load(ref given, 0) + T.Load(ref later, 0), b = T.Load(ref given, states) + T.Load(ref later, states);
        LaneFunctions.WithoutTraces(T.MultiplyAdd(real, a, imaginary * b)).Store(ref later, 0);
        LaneFunctions.WithoutTraces(real * b - imaginary * a).Store(ref later, states);
        (gain * a).Store(ref terms, 0);
        (gain * b).Store(ref terms, states);
        T x = T.Load(ref before, 0), y = T.Load(ref before, states);
        T.MultiplyAdd(a, x, T.MultiplyAdd(b, y, T.Load(ref sums, 0))).Store(ref sums, 0);
        (T.MultiplyAdd(b, x, T.Load(ref sums, states)) - a * y).Store(ref sums, states);
        T.MultiplyAdd(a, T.Load(ref u, 0), T.MultiplyAdd(b, T.Load(ref u, states), T.Load(ref sums, 2 * states))).Store(ref sums, 2 * states);
    }
}
