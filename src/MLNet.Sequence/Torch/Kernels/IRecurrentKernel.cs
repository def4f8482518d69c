using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Torch;

/// <summary>The equations of a recurrent layer at one step, forward and backward.</summary>
internal interface IRecurrentKernel : IRecurrentStep
{
    /// <summary>
    /// The number of steps from which the kernel is as fast as libtorch's or faster, within 2 %, for all measured sizes (docs/performance-tables.md).
    /// With fewer steps, packing the matrices takes longer than it saves.
    /// </summary>
    static abstract int FewestSteps { get; }

    /// <summary>
    /// From the gates and the gradients of h and c after the step to the gradients of the sums, and to the gradients of h and c before the
    /// step, without the part that flows through the recurrent matrix; for the units of the vector that begins with unit j.
    /// </summary>
    static abstract void Backward<T>(in RecurrentRow row, in RowGradients gradients, int j) where T : struct, ILanes<T>;
}

/// <summary>The gradients of a row at one step: references to the first unit.</summary>
internal readonly ref struct RowGradients(ref float output, Moment carried)
{
    /// <summary>The gradient of the output at this step, [H].</summary>
    public readonly ref float Output = ref output;

    /// <summary>The gradients of the state after the step, which those of the state before it replace.</summary>
    public readonly Moment Carried = carried;
}
