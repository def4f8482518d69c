using System.Runtime.CompilerServices;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Torch;

/// <summary>
/// h′ = n + z (h − n), n = tanh(x + r u), with gates r and z: sigmoids. The sums are those of r and z, the recurrent part u of n, and the
/// input's part x of n, whose place n takes.
/// </summary>
internal readonly struct GruKernel : IRecurrentKernel
{
    private static readonly GateBlocks[] Blocks =
        [new(0, 2, Input: 0, Recurrent: true), new(2, 1, Input: null, Recurrent: true), new(3, 1, Input: 2, Recurrent: false)];

    public static ReadOnlySpan<GateBlocks> Gates => Blocks;

    public static bool HasCell => false;

    public static int FewestSteps => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T>(in RecurrentRow row, int j) where T : struct, ILanes<T>
    {
        T r = LaneFunctions.Sigmoid(row.Sum<T>(0, j)), z = LaneFunctions.Sigmoid(row.Sum<T>(1, j)), u = row.Sum<T>(2, j);
        T n = LaneFunctions.Tanh(T.MultiplyAdd(r, u, row.Sum<T>(3, j)));
        row.SetGate(0, j, r);
        row.SetGate(1, j, z);
        row.SetGate(2, j, u);
        row.SetGate(3, j, n);
        T.MultiplyAdd(z, T.Load(ref row.Before.Hidden, j) - n, n).Store(ref row.After.Hidden, j);
    }

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
