using System.Runtime.CompilerServices;

namespace MLNet.Sequence.Managed;

/// <summary>c′ = f c + i g, h′ = o tanh c′, with gates i, f, g, o: sigmoids, and tanh for g.</summary>
internal readonly struct LstmStep : IRecurrentStep
{
    private static readonly GateBlocks[] Blocks = [new(0, 4, Input: 0, Recurrent: true)];

    public static ReadOnlySpan<GateBlocks> Gates => Blocks;

    public static bool HasCell => true;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Forward<T>(in RecurrentRow row, int j) where T : struct, ILanes<T>
    {
        for (; j <= row.Units - T.Count; j += T.Count)
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

        return j;
    }
}
