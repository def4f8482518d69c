using System.Runtime.CompilerServices;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Torch;

/// <summary>c′ = f c + i g, h′ = o tanh c′, with gates i, f, g, o: sigmoids, and tanh for g.</summary>
internal readonly struct LstmKernel : IRecurrentKernel
{
    private static readonly GateBlocks[] Blocks = [new(0, 4, Input: 0, Recurrent: true)];

    public static ReadOnlySpan<GateBlocks> Gates => Blocks;

    public static bool HasCell => true;

    public static int FewestSteps => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T>(in RecurrentRow row, int j) where T : struct, ILanes<T>
    {
        T i = LaneFunctions.Sigmoid(row.Sum<T>(0, j)), f = LaneFunctions.Sigmoid(row.Sum<T>(1, j));
        T g = LaneFunctions.Tanh(row.Sum<T>(2, j)), o = LaneFunctions.Sigmoid(row.Sum<T>(3, j));
        T c = T.MultiplyAdd(f, T.Load(ref row.Before.Cell, j), i * g);
        row.SetGate(0, j, i);
        row.SetGate(1, j, f);
        row.SetGate(2, j, g);
        row.SetGate(3, j, o);
        c.Store(ref row.After.Cell, j);
        (o * LaneFunctions.Tanh(c)).Store(ref row.After.Hidden, j);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T>(in RecurrentRow row, in RowGradients gradients, int j) where T : struct, ILanes<T>
    {
        T one = T.Of(1), i = row.Gate<T>(0, j), f = row.Gate<T>(1, j), g = row.Gate<T>(2, j), o = row.Gate<T>(3, j);
        T tanh = LaneFunctions.Tanh(T.Load(ref row.After.Cell, j));
        T dh = T.Load(ref gradients.Carried.Hidden, j) + T.Load(ref gradients.Output, j);
        T dc = T.MultiplyAdd(dh * o, one - tanh * tanh, T.Load(ref gradients.Carried.Cell, j));
        row.SetSum(0, j, dc * g * i * (one - i));
        row.SetSum(1, j, dc * T.Load(ref row.Before.Cell, j) * f * (one - f));
        row.SetSum(2, j, dc * i * (one - g * g));
        row.SetSum(3, j, dh * tanh * o * (one - o));
        T.Of(0).Store(ref gradients.Carried.Hidden, j);
        (dc * f).Store(ref gradients.Carried.Cell, j);
    }
}
