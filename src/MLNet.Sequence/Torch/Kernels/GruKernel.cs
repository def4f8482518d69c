using System.Runtime.CompilerServices;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Torch;

/// <summary><see cref="GruStep"/> and its gradients.</summary>
internal readonly struct GruKernel : IRecurrentKernel
{
    public static ReadOnlySpan<GateBlocks> Gates => GruStep.Gates;

    public static bool HasCell => GruStep.HasCell;

    public static int FewestSteps => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Forward<T>(in RecurrentRow row, int j) where T : struct, ILanes<T> => GruStep.Forward<T>(row, j);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T>(in RecurrentRow row, in RowGradients gradients, int j) where T : struct, ILanes<T>
    {
        T one = T.Of(1), r = row.Gate<T>(0, j), z = row.Gate<T>(1, j), u = row.Gate<T>(2, j), n = row.Gate<T>(3, j);
        T dh = T.Load(ref gradients.Carried.Hidden, j) + T.Load(ref gradients.Output, j);
        T dx = dh * (one - z) * (one - n * n);
        row.SetSum(0, j, dx * u * r * (one - r));
        row.SetSum(1, j, dh * (T.Load(ref row.Before.Hidden, j) - n) * z * (one - z));
        row.SetSum(2, j, dx * r);
        row.SetSum(3, j, dx);
        (dh * z).Store(ref gradients.Carried.Hidden, j);
    }
}
