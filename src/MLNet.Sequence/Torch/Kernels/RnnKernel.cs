using System.Runtime.CompilerServices;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Torch;

/// <summary><see cref="RnnStep{TFunction}"/> and its gradients.</summary>
internal readonly struct RnnKernel<TFunction> : IRecurrentKernel where TFunction : struct, IRecurrentFunction
{
    public static ReadOnlySpan<GateBlocks> Gates => RnnStep<TFunction>.Gates;

    public static bool HasCell => RnnStep<TFunction>.HasCell;

    public static int FewestSteps => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Forward<T>(in RecurrentRow row, int j) where T : struct, ILanes<T> => RnnStep<TFunction>.Forward<T>(row, j);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T>(in RecurrentRow row, in RowGradients gradients, int j) where T : struct, ILanes<T>
    {
        T dh = T.Load(ref gradients.Carried.Hidden, j) + T.Load(ref gradients.Output, j);
        row.SetSum(0, j, TFunction.Gradient(T.Load(ref row.After.Hidden, j), dh));
        T.Of(0).Store(ref gradients.Carried.Hidden, j);
    }
}
