using System.Runtime.CompilerServices;

namespace MLNet.Sequence.Managed;

/// <summary>
/// Functions on vectors of any width, with a relative error below 1e-6. Several times as fast as those of
/// TensorPrimitives, which are exact to the last place, and compiled into the loop that calls them.
/// </summary>
internal static class LaneFunctions
{
    // Up to it eˣ and e⁻ˣ are floats.
    private const float Most = 87;

    // Far below what a gradient in single precision can mean, and far above the smallest normal number.
    private const float Trace = 1e-30f;

    private const float PerLog2 = 1.44269504088896341f, Log2 = 0.693147180559945309f;

    // What the float Log2 lacks of ln 2.
    private const float Log2Rest = (float)(0.693147180559945309 - (double)Log2);

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sigmoid<T>(T x) where T : struct, ILanes<T> => T.Of(1) / (T.Of(2) + ExponentialLessOne(T.Of(0) - x));

    /// <summary>tanh x = −(e⁻²ˣ − 1) / (e⁻²ˣ + 1), which keeps its relative precision near 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Tanh<T>(T x) where T : struct, ILanes<T>
    {
        T less = ExponentialLessOne(x * T.Of(-2));
        return (T.Of(0) - less) / (T.Of(2) + less);
    }

    /// <summary>eˣ; values beyond ±87 count as ±87.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exponential<T>(T x) where T : struct, ILanes<T>
    {
        T rest = Rest(x, out T power);
        return T.MultiplyAdd(power, rest, power);
    }

    /// <summary>
    /// x, or 0 if its magnitude is below 1e-30. Values that decay from step to step must not become subnormal: operations on such numbers take
    /// a hundred times as long.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T WithoutTraces<T>(T x) where T : struct, ILanes<T> => x - T.WherePositive(T.Of(Trace) - T.AtLeast(x, T.Of(0) - x), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T ExponentialLessOne<T>(T x) where T : struct, ILanes<T>
    {
        T rest = Rest(x, out T power);
        return T.MultiplyAdd(power, rest, power - T.Of(1));
    }

    /// <summary>
    /// eʳ − 1 and 2ⁿ of eˣ = 2ⁿ eʳ, where x = n ln 2 + r and n is whole. |r| ≤ ln 2 / 2, so seven terms of the series leave a relative error
    /// below 2⁻²⁵.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Rest<T>(T x, out T power) where T : struct, ILanes<T>
    {
        x = T.AtMost(T.Of(Most), T.AtLeast(T.Of(-Most), x));
        T n = T.Round(x * T.Of(PerLog2));
        T r = T.MultiplyAdd(n, T.Of(-Log2Rest), T.MultiplyAdd(n, T.Of(-Log2), x));
        T series = T.MultiplyAdd(r, T.Of(1 / 5040f), T.Of(1 / 720f));
        series = T.MultiplyAdd(series, r, T.Of(1 / 120f));
        series = T.MultiplyAdd(series, r, T.Of(1 / 24f));
        series = T.MultiplyAdd(series, r, T.Of(1 / 6f));
        series = T.MultiplyAdd(series, r, T.Of(1 / 2f));
        power = T.PowerOfTwo(n);
        return T.MultiplyAdd(series, r * r, r);
    }
}
