using System.Runtime.CompilerServices;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Torch;

/// <summary>
/// The equations of a recurrent layer at one step, forward and backward. The gates of a unit are the values that its step computes from sums of
/// an input part (matrix, input and bias) and a recurrent part (matrix, h and bias). They are stored gate by gate, [gates, H]: first the gates
/// with a recurrent part, in the order of its matrix.
/// </summary>
internal interface IRecurrentKernel
{
    /// <summary>Its gates; those with a recurrent part come first.</summary>
    static abstract ReadOnlySpan<GateBlocks> Gates { get; }

    /// <summary>Whether there is a cell state c beside h.</summary>
    static abstract bool HasCell { get; }

    /// <summary>
    /// The number of steps from which the kernel is as fast as libtorch's or faster, within 2 %, for all measured sizes (docs/performance.md).
    /// With fewer steps, packing the matrices takes longer than it saves.
    /// </summary>
    static abstract int FewestSteps { get; }

    /// <summary>From the sums to the gates, and to h and c after the step, for the units of the vector that begins with unit j.</summary>
    static abstract void Forward<T>(in RecurrentRow row, int j) where T : struct, ILanes<T>;

    /// <summary>
    /// From the gates and the gradients of h and c after the step to the gradients of the sums, and to the gradients of h and c before the
    /// step, without the part that flows through the recurrent matrix; for the units of the vector that begins with unit j.
    /// </summary>
    static abstract void Backward<T>(in RecurrentRow row, in RowGradients gradients, int j) where T : struct, ILanes<T>;
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

    /// <summary>c, [H], if the kernel has it.</summary>
    public readonly ref float Cell = ref cell;
}

/// <summary>The gradients of a row at one step: references to the first unit.</summary>
internal readonly ref struct RowGradients(ref float output, Moment carried)
{
    /// <summary>The gradient of the output at this step, [H].</summary>
    public readonly ref float Output = ref output;

    /// <summary>The gradients of the state after the step, which those of the state before it replace.</summary>
    public readonly Moment Carried = carried;
}
