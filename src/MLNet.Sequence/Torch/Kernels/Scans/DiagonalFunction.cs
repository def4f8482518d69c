using MLNet.Sequence.Managed;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// A diagonal cell for all steps (<see cref="DiagonalScan{TCell}"/>) as one node of libtorch's graph, like
/// <see cref="MinimalFunction{TGates}"/>.
/// </summary>
internal sealed class DiagonalFunction<TCell> : autograd.SingleTensorFunction<DiagonalFunction<TCell>> where TCell : struct, IDiagonalCell
{
    public override string Name => typeof(TCell).Name;

    /// <param name="terms">[B, T, 3 · C].</param>
    /// <param name="factors">[factors · C].</param>
    /// <param name="start">The states before the first step, one behind the other, [B, 1, states · C].</param>
    /// <returns>h, [B, T, C], and the states after the last step, [B, 1, states · C], without a graph.</returns>
    public static (Tensor Output, Tensor Last) Run(Tensor terms, Tensor factors, Tensor start)
    {
        using var scope = NewDisposeScope();
        ScanRun run;
        using (no_grad())
            run = Forward(terms.contiguous(), factors.contiguous(), start.contiguous());
        Tensor last = run.States.narrow(1, run.States.shape[1] - 1, 1);
        return ((is_grad_enabled() ? apply(terms, factors, run) : Output(run)).MoveToOuterDisposeScope(), last.MoveToOuterDisposeScope());
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var run = (ScanRun)vars[2];
        ctx.save_for_backward([run.Terms, run.Start, run.States, ((Tensor)vars[1]).contiguous()]);
        // Detached, so that libtorch takes it as an output of the node and not as a view.
        return Output(run).detach();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
        BackwardPass.Kernel(ctx, () => [.. Gradients(ctx, grad_output), null], tensors: 2, others: 1);

    // h is the last state.
    private static Tensor Output(ScanRun run)
    {
        long channels = run.States.shape[2] / TCell.States;
        return run.States.narrow(2, run.States.shape[2] - channels, channels);
    }

    private static ScanRun Forward(Tensor terms, Tensor factors, Tensor start)
    {
        var run = new ScanRun(terms, start, empty(terms.shape[0], terms.shape[1], start.shape[2]));
        var scan = new DiagonalScan<TCell>(
            TorchMemory.Floats(terms), TorchMemory.Floats(factors), TorchMemory.Floats(start), TorchMemory.Floats(run.States));
        LaneKernels.Run(scan, (int)(start.shape[2] / TCell.States));
        return run;
    }

    private static Tensor[] Gradients(autograd.AutogradContext ctx, Tensor given)
    {
        using var scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor terms = saved[0], factors = saved[3], ofStates = given.contiguous(), ofTerms = empty_like(terms), ofFactors = zeros_like(factors);
        var back = new DiagonalScanBack<TCell>(TorchMemory.Floats(terms), TorchMemory.Floats(factors), TorchMemory.Floats(saved[1]),
            TorchMemory.Floats(saved[2]), TorchMemory.Floats(ofStates))
        {
            Terms = TorchMemory.Floats(ofTerms),
            Factors = TorchMemory.Floats(ofFactors),
        };
        LaneKernels.Run(back, (int)ofStates.shape[2]);
        return [ofTerms.MoveToOuterDisposeScope(), ofFactors.MoveToOuterDisposeScope()];
    }
}
