using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Torch;

/// <summary>A diagonal cell over all steps, one after another: gates and states in one pass over memory.</summary>
/// <typeparam name="TCell">The cell.</typeparam>
/// <param name="terms">[B, T, 3 · C].</param>
/// <param name="factors">[factors, C].</param>
/// <param name="start">The states before the first step, [B, states · C].</param>
/// <param name="states">The states after every step, [B, T, states · C]; written.</param>
internal readonly ref struct DiagonalScan<TCell>(ReadOnlySpan<float> terms, ReadOnlySpan<float> factors, ReadOnlySpan<float> start, Span<float> states)
    : ILaneKernel where TCell : struct, IDiagonalCell
{
    private readonly ReadOnlySpan<float> _terms = terms, _factors = factors, _start = start;
    private readonly Span<float> _states = states;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int from, int to) where T : struct, ILanes<T>
    {
        int channels = _factors.Length / TCell.Factors, width = TCell.States * channels, rows = _start.Length / width, steps = _states.Length / _start.Length;
        ref float factors = ref MemoryMarshal.GetReference(_factors);
        ref float terms = ref MemoryMarshal.GetReference(_terms);
        ref float after = ref MemoryMarshal.GetReference(_states);
        for (int row = 0; row < rows; row++)
        {
            ref float before = ref Unsafe.Add(ref MemoryMarshal.GetReference(_start), row * width);
            for (int step = 0; step < steps; step++)
            {
                var read = new DiagonalStep(ref terms, ref factors, ref before, channels);
                for (int at = from; at < to; at += T.Count)
                    TCell.Forward<T>(read, ref after, at);
                before = ref after;
                after = ref Unsafe.Add(ref after, width);
                terms = ref Unsafe.Add(ref terms, 3 * channels);
            }
        }
    }
}

/// <summary>The gradients of <see cref="DiagonalScan{TCell}"/>, from the last step to the first. The gates are computed again.</summary>
/// <typeparam name="TCell">The cell.</typeparam>
/// <param name="terms">[B, T, 3 · C].</param>
/// <param name="factors">[factors, C].</param>
/// <param name="start">The states before the first step, [B, states · C].</param>
/// <param name="states">The states after every step, [B, T, states · C].</param>
/// <param name="given">The gradients of h, [B, T, C].</param>
internal readonly ref struct DiagonalScanBack<TCell>(
    ReadOnlySpan<float> terms, ReadOnlySpan<float> factors, ReadOnlySpan<float> start, ReadOnlySpan<float> states, ReadOnlySpan<float> given)
    : ILaneKernel where TCell : struct, IDiagonalCell
{
    private readonly ReadOnlySpan<float> _terms = terms, _factors = factors, _start = start, _states = states, _given = given;

    // The gradients of the states of a row by later steps, and its sums.
    private readonly float[] _later = new float[TCell.States * factors.Length / TCell.Factors], _sums = new float[factors.Length];

    /// <summary>The gradients of the terms, [B, T, 3 · C]; written.</summary>
    public required Span<float> Terms { private get; init; }

    /// <summary>The gradients of the factors, [factors, C]; added to.</summary>
    public required Span<float> Factors { private get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int from, int to) where T : struct, ILanes<T>
    {
        int channels = _factors.Length / TCell.Factors, width = TCell.States * channels, rows = _start.Length / width, steps = _states.Length / _start.Length;
        for (int row = 0; row < rows; row++)
        {
            _later.AsSpan().Clear();
            _sums.AsSpan().Clear();
            for (int step = steps - 1; step >= 0; step--)
            {
                nint place = row * steps + step;
                ref float before = ref step == 0
                    ? ref Unsafe.Add(ref MemoryMarshal.GetReference(_start), row * width)
                    : ref Unsafe.Add(ref MemoryMarshal.GetReference(_states), (place - 1) * width);
                var read = new DiagonalStep(
                    ref At(_terms, place * 3 * channels), ref MemoryMarshal.GetReference(_factors), ref before, channels);
                var gradients = new DiagonalGradients(
                    ref At(_given, place * channels), ref MemoryMarshal.GetArrayDataReference(_later), ref At(Terms, place * 3 * channels),
                    ref MemoryMarshal.GetArrayDataReference(_sums), channels);
                for (int at = from; at < to; at += T.Count)
                    TCell.Backward<T>(read, gradients, at);
            }

            // One row after another, so that the sums stay small and lose little.
            for (int part = 0; part < TCell.Factors; part++)
            {
                for (int at = from; at < to; at++)
                    Factors[part * channels + at] += _sums[part * channels + at];
            }
        }
    }

    private static ref float At(ReadOnlySpan<float> values, nint place) => ref Unsafe.Add(ref MemoryMarshal.GetReference(values), place);
}
