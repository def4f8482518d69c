using System.Runtime.CompilerServices;

namespace MLNet.Sequence.Managed;

/// <summary>h′ = f(sum).</summary>
internal readonly struct RnnStep<TFunction> : IRecurrentStep where TFunction : struct, IRecurrentFunction
{
    private static readonly GateBlocks[] Blocks = [new(0, 1, Input: 0, Recurrent: true)];

    public static ReadOnlySpan<GateBlocks> Gates => Blocks;

    public static bool HasCell => false;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Forward<T>(in RecurrentRow row, int j) where T : struct, ILanes<T>
    {
        for (; j <= row.Units - T.Count; j += T.Count)
            TFunction.Of(row.Sum<T>(0, j)).Store(ref row.After.Hidden, j);
        return j;
    }
}

/// <summary>The function of a simple recurrent layer.</summary>
internal interface IRecurrentFunction
{
    static abstract T Of<T>(T sum) where T : struct, ILanes<T>;

    /// <summary>The gradient of the sum.</summary>
    /// <param name="value">The function's value.</param>
    /// <param name="gradient">The gradient of this value.</param>
    static abstract T Gradient<T>(T value, T gradient) where T : struct, ILanes<T>;
}

internal readonly struct TanhFunction : IRecurrentFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T sum) where T : struct, ILanes<T> => LaneFunctions.Tanh(sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gradient<T>(T value, T gradient) where T : struct, ILanes<T> => gradient * (T.Of(1) - value * value);
}

internal readonly struct ReluFunction : IRecurrentFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T sum) where T : struct, ILanes<T> => T.AtLeast(T.Of(0), sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gradient<T>(T value, T gradient) where T : struct, ILanes<T> => T.WherePositive(value, gradient);
}
