using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MLNet.Sequence.Managed;

/// <summary>A vector with as many floats as a register holds: a kernel is written once and compiled for each width.</summary>
internal interface ILanes<T> where T : struct, ILanes<T>
{
    static abstract int Count { get; }

    static abstract T Of(float value);

    static abstract T Load(ref float from, int offset);

    /// <summary>x · y + sum, rounded once.</summary>
    static abstract T MultiplyAdd(T x, T y, T sum);

    void Store(ref float to, int offset);
}

/// <summary>512 bits: 1.5 times as fast as 256 for products with one vector, twice as fast for several. Only if the processor supports it.</summary>
internal readonly struct WideLanes(Vector512<float> value) : ILanes<WideLanes>
{
    private readonly Vector512<float> _value = value;

    public static int Count => Vector512<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideLanes Of(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideLanes Load(ref float from, int offset) => new(Vector512.LoadUnsafe(ref from, (nuint)offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideLanes MultiplyAdd(WideLanes x, WideLanes y, WideLanes sum) => new(Vector512.FusedMultiplyAdd(x._value, y._value, sum._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref float to, int offset) => _value.StoreUnsafe(ref to, (nuint)offset);
}

/// <summary>The vector of the system, 128 or 256 bits; in software if the processor has none.</summary>
internal readonly struct SystemLanes(Vector<float> value) : ILanes<SystemLanes>
{
    private readonly Vector<float> _value = value;

    public static int Count => Vector<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SystemLanes Of(float value) => new(new Vector<float>(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SystemLanes Load(ref float from, int offset) => new(Vector.LoadUnsafe(ref from, (nuint)offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SystemLanes MultiplyAdd(SystemLanes x, SystemLanes y, SystemLanes sum) => new(Vector.FusedMultiplyAdd(x._value, y._value, sum._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref float to, int offset) => _value.StoreUnsafe(ref to, (nuint)offset);
}
