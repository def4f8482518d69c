using System.Runtime.CompilerServices;

namespace MLNet.Sequence.Managed;

/// <summary>
/// h′ = n + z (h − n), n = tanh(x + r u), with gates r and z: sigmoids. The sums are those of r and z, the recurrent part u of n, and the
/// input's part x of n, whose place n takes.
/// </summary>
internal readonly struct GruStep : IRecurrentStep
{
    private static readonly GateBlocks[] Blocks =
        [new(0, 2, Input: 0, Recurrent: true), new(2, 1, Input: null, Recurrent: true), new(3, 1, Input: 2, Recurrent: false)];

    public static ReadOnlySpan<GateBlocks> Gates => Blocks;

    public static bool HasCell => false;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Forward<T>(in RecurrentRow row, int j) where T : struct, ILanes<T>
    {
        for (; j <= row.Units - T.Count; j += T.Count)
        {
            T r = LaneFunctions.Sigmoid(row.Sum<T>(0, j)), z = LaneFunctions.Sigmoid(row.Sum<T>(1, j)), u = row.Sum<T>(2, j);
            T n = LaneFunctions.Tanh(T.MultiplyAdd(r, u, row.Sum<T>(3, j)));
            row.SetGate(0, j, r);
            row.SetGate(1, j, z);
            row.SetGate(2, j, u);
            row.SetGate(3, j, n);
            T.MultiplyAdd(z, T.Load(ref row.Before.Hidden, j) - n, n).Store(ref row.After.Hidden, j);
        }

        return j;
    }
}
