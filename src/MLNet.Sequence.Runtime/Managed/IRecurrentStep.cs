using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MLNet.Sequence.Managed;

/// <summary>
/// The equations of a recurrent layer at one step. The gates of a unit are the values that its step computes from sums of an input part
/// (matrix, input and bias) and a recurrent part (matrix, h and bias). They are stored gate by gate, [gates, H]: first the gates with a
/// recurrent part, in the order of its matrix.
/// </summary>
internal interface IRecurrentStep
{
    /// <summary>Its gates; those with a recurrent part come first.</summary>
    static abstract ReadOnlySpan<GateBlocks> Gates { get; }

    /// <summary>Whether there is a cell state c beside h.</summary>
    static abstract bool HasCell { get; }

    /// <summary>
    /// From the sums to the gates, and to h and c after the step, for whole vectors of units from unit j on. The loop is a part of it, since
    /// the compiler inlines more into a larger method: all lane functions, which would be calls otherwise. Returns the first unit that is left.
    /// </summary>
    static abstract int Forward<T>(in RecurrentRow row, int j) where T : struct, ILanes<T>;

    /// <summary>The step of all units of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Run<TStep>(in RecurrentRow row) where TStep : struct, IRecurrentStep
    {
        int j = Vector512.IsHardwareAccelerated ? TStep.Forward<WideLanes>(row, 0) : 0;
        if (j < row.Units)
            j = TStep.Forward<SystemLanes>(row, j);
        if (j < row.Units)
            TStep.Forward<OneLane>(row, j);
    }
}

/// <summary>Neighbouring gates that are sums of the same parts.</summary>
/// <param name="First">The first gate.</param>
/// <param name="Count">The number of gates.</param>
/// <param name="Input">Their first block of [H] rows in the input's matrix; null: they have no part of the input.</param>
/// <param name="Recurrent">Whether they have a recurrent part; its block is that of the gate.</param>
internal readonly record struct GateBlocks(int First, int Count, int? Input, bool Recurrent)
{
    /// <summary>The gate after the last one.</summary>
    public int End => First + Count;
}

/// <summary>The values of a row of the batch at one step: references to the first unit.</summary>
internal readonly ref struct RecurrentRow(int units, ref float sums, ref float gates, Moment before, Moment after)
{
    // [gates, H] each.
    private readonly ref float _sums = ref sums, _gates = ref gates;

    /// <summary>The state before the step, and after it.</summary>
    public readonly Moment Before = before, After = after;

    /// <summary>H.</summary>
    public readonly int Units = units;

    /// <summary>The sums of a gate from unit j on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Sum<T>(int gate, int j) where T : struct, ILanes<T> => T.Load(ref _sums, gate * Units + j);

    /// <summary>In the backward pass: the gradients of the sums of a gate from unit j on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetSum<T>(int gate, int j, T gradient) where T : struct, ILanes<T> => gradient.Store(ref _sums, gate * Units + j);

    /// <summary>The values of a gate from unit j on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Gate<T>(int gate, int j) where T : struct, ILanes<T> => T.Load(ref _gates, gate * Units + j);

    /// <inheritdoc cref="Gate"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetGate<T>(int gate, int j, T value) where T : struct, ILanes<T> => value.Store(ref _gates, gate * Units + j);
}

/// <summary>A state: references to the first unit.</summary>
internal readonly ref struct Moment(ref float hidden, ref float cell)
{
    /// <summary>h, [H].</summary>
    public readonly ref float Hidden = ref hidden;

    /// <summary>c, [H], if the layer has it.</summary>
    public readonly ref float Cell = ref cell;
}
