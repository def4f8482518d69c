using MLNet.Sequence.Managed;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>What the forward pass of a scan leaves for its backward pass.</summary>
/// <param name="Terms">What the recurrence reads, [B, T, …].</param>
/// <param name="Start">The state before the first step, [B, 1, C].</param>
/// <param name="States">The state after each step, [B, T, C].</param>
internal sealed record ScanRun(Tensor Terms, Tensor Start, Tensor States);

/// <summary>
/// A minimal cell for all steps as one node of libtorch's graph. As in <see cref="RecurrentFunction{TKernel}"/>, the forward pass runs before
/// the node is created.
/// </summary>
internal sealed class MinimalFunction<TGates> : autograd.SingleTensorFunction<MinimalFunction<TGates>> where TGates : struct, IMinimalGates
{
    public override string Name => typeof(TGates).Name;

    /// <param name="gates">[B, T, parts · C].</param>
    /// <param name="start">h before the first step, [B, 1, C]; null: zeros.</param>
    /// <returns>h, [B, T, C].</returns>
    public static Tensor Run(Tensor gates, Tensor? start)
    {
        using var scope = NewDisposeScope();
        ScanRun run;
        using (no_grad())
            run = Forward(gates.contiguous(), start);
        // Without a gradient there is no node to make.
        return (is_grad_enabled() ? apply(gates, run) : run.States).MoveToOuterDisposeScope();
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var run = (ScanRun)vars[1];
        ctx.save_for_backward([run.Terms, run.Start, run.States]);
        return run.States;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
        BackwardPass.Kernel(ctx, () => [Gradient(ctx, grad_output), null], tensors: 1, others: 1);

    private static ScanRun Forward(Tensor gates, Tensor? start)
    {
        long rows = gates.shape[0], channels = gates.shape[2] / TGates.Parts;
        var run = new ScanRun(gates, start?.contiguous() ?? zeros(rows, 1, channels), empty(rows, gates.shape[1], channels));
        LaneKernels.Run(
            new MinimalScan<TGates>(TorchMemory.Floats(gates), TorchMemory.Floats(run.Start), TorchMemory.Floats(run.States), (int)channels), (int)channels);
        return run;
    }

    private static Tensor Gradient(autograd.AutogradContext ctx, Tensor given)
    {
        using var scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor gates = saved[0], ofStates = given.contiguous(), gradient = empty_like(gates);
        int channels = (int)ofStates.shape[2];
        var back = new MinimalScanBack<TGates>(
            TorchMemory.Floats(gates), TorchMemory.Floats(saved[1]), TorchMemory.Floats(saved[2]), TorchMemory.Floats(ofStates), channels)
        {
            Gradients = TorchMemory.Floats(gradient),
        };
        LaneKernels.Run(back, channels);
        return gradient.MoveToOuterDisposeScope();
    }
}
