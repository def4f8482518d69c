using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MLNet.Sequence.Managed;

/// <summary>
/// A vector with as many floats as a register holds: a kernel is written once and compiled for each width. Each lane has the same bits as
/// in every other width.
/// </summary>
internal interface ILanes<T> where T : struct, ILanes<T>
{
    static abstract int Count { get; }

    static abstract T Of(float value);

    static abstract T Load(ref float from, int offset);

    static abstract T operator +(T x, T y);

    static abstract T operator -(T x, T y);

    static abstract T operator *(T x, T y);

    static abstract T operator /(T x, T y);

    /// <summary>x · y + sum, rounded once.</summary>
    static abstract T MultiplyAdd(T x, T y, T sum);

    /// <summary>x, at least <paramref name="least"/>; NaN if x is NaN.</summary>
    static abstract T AtLeast(T least, T x);

    /// <summary>x, at most <paramref name="most"/>; NaN if x is NaN.</summary>
    static abstract T AtMost(T most, T x);

    /// <summary>The nearest whole number.</summary>
    static abstract T Round(T x);

    /// <summary>2ˣ for whole numbers x in [−126, 127].</summary>
    static abstract T PowerOfTwo(T x);

    /// <summary><paramref name="value"/> where <paramref name="x"/> is above 0; else 0.</summary>
    static abstract T WherePositive(T x, T value);

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
    public static WideLanes operator +(WideLanes x, WideLanes y) => new(x._value + y._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideLanes operator -(WideLanes x, WideLanes y) => new(x._value - y._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideLanes operator *(WideLanes x, WideLanes y) => new(x._value * y._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideLanes operator /(WideLanes x, WideLanes y) => new(x._value / y._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideLanes MultiplyAdd(WideLanes x, WideLanes y, WideLanes sum) => new(Vector512.FusedMultiplyAdd(x._value, y._value, sum._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideLanes AtMost(WideLanes most, WideLanes x) => new(Vector512.MinNative(most._value, x._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideLanes AtLeast(WideLanes least, WideLanes x) => new(Vector512.MaxNative(least._value, x._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideLanes Round(WideLanes x) => new(Vector512.Round(x._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideLanes PowerOfTwo(WideLanes x) =>
        new(Vector512.ShiftLeft(Vector512.ConvertToInt32Native(x._value) + Vector512.Create(Binary32.Bias), Binary32.FractionBits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideLanes WherePositive(WideLanes x, WideLanes value) => new(Vector512.GreaterThan(x._value, Vector512<float>.Zero) & value._value);

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
    public static SystemLanes operator +(SystemLanes x, SystemLanes y) => new(x._value + y._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SystemLanes operator -(SystemLanes x, SystemLanes y) => new(x._value - y._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SystemLanes operator *(SystemLanes x, SystemLanes y) => new(x._value * y._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SystemLanes operator /(SystemLanes x, SystemLanes y) => new(x._value / y._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SystemLanes MultiplyAdd(SystemLanes x, SystemLanes y, SystemLanes sum) => new(Vector.FusedMultiplyAdd(x._value, y._value, sum._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SystemLanes AtMost(SystemLanes most, SystemLanes x) => new(Vector.MinNative(most._value, x._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SystemLanes AtLeast(SystemLanes least, SystemLanes x) => new(Vector.MaxNative(least._value, x._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SystemLanes Round(SystemLanes x) => new(Vector.Round(x._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SystemLanes PowerOfTwo(SystemLanes x) =>
        new(Vector.AsVectorSingle(Vector.ShiftLeft(Vector.ConvertToInt32Native(x._value) + new Vector<int>(Binary32.Bias), Binary32.FractionBits)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SystemLanes WherePositive(SystemLanes x, SystemLanes value) =>
        new(Vector.ConditionalSelect(Vector.GreaterThan(x._value, Vector<float>.Zero), value._value, Vector<float>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref float to, int offset) => _value.StoreUnsafe(ref to, (nuint)offset);
}

/// <summary>A single float: for what is left after the last whole vector.</summary>
internal readonly struct OneLane(float value) : ILanes<OneLane>
{
    private readonly float _value = value;

    public static int Count => 1;

    public static OneLane Of(float value) => new(value);

    public static OneLane Load(ref float from, int offset) => new(Unsafe.Add(ref from, offset));

    public static OneLane operator +(OneLane x, OneLane y) => new(x._value + y._value);

    public static OneLane operator -(OneLane x, OneLane y) => new(x._value - y._value);

    public static OneLane operator *(OneLane x, OneLane y) => new(x._value * y._value);

    public static OneLane operator /(OneLane x, OneLane y) => new(x._value / y._value);

    public static OneLane MultiplyAdd(OneLane x, OneLane y, OneLane sum) => new(MathF.FusedMultiplyAdd(x._value, y._value, sum._value));

    public static OneLane AtMost(OneLane most, OneLane x) => new(MathF.Min(most._value, x._value));

    public static OneLane AtLeast(OneLane least, OneLane x) => new(MathF.Max(least._value, x._value));

    public static OneLane Round(OneLane x) => new(MathF.Round(x._value));

    public static OneLane PowerOfTwo(OneLane x) => new(BitConverter.Int32BitsToSingle(((int)x._value + Binary32.Bias) << Binary32.FractionBits));

    public static OneLane WherePositive(OneLane x, OneLane value) => x._value > 0 ? value : default;

    public void Store(ref float to, int offset) => Unsafe.Add(ref to, offset) = _value;
}

/// <summary>The bits of a float.</summary>
internal static class Binary32
{
    public const int Bias = 127, FractionBits = 23;
}
