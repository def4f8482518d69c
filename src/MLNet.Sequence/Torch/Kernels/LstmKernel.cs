using System.Runtime.CompilerServices;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Torch;

/// <summary><see cref="LstmStep"/> and its gradients.</summary>
internal readonly struct LstmKernel : IRecurrentKernel
{
    public static ReadOnlySpan<GateBlocks> Gates => LstmStep.Gates;

    public static bool HasCell => LstmStep.HasCell;

    public static int FewestSteps => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Forward<T>(in RecurrentRow row, int j) where T : struct, ILanes<T> => LstmStep.Forward<T>(row, j);

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
