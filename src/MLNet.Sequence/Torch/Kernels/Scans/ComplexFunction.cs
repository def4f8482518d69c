using MLNet.Sequence.Managed;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// The recurrence of a linear recurrent unit for all steps (<see cref="ComplexScan"/>) as one node of libtorch's graph, like
/// <see cref="MinimalFunction{TGates}"/>.
/// </summary>
internal sealed class ComplexFunction : autograd.SingleTensorFunction<ComplexFunction>
{
    public override string Name => nameof(ComplexFunction);

    /// <param name="terms">u, [B, T, 2 N].</param>
    /// <param name="factors">The real parts of λ, the imaginary parts, and γ, [3, N].</param>
    /// <param name="start">x before the first step, [B, 1, 2 N]; null: zeros.</param>
    /// <returns>x, [B, T, 2 N].</returns>
    public static Tensor Run(Tensor terms, Tensor factors, Tensor? start)
    {
        using var scope = NewDisposeScope();
        ScanRun run;
        using (no_grad())
            run = Forward(terms.contiguous(), factors, start);
        return (is_grad_enabled() ? apply(terms, factors, run) : run.States).MoveToOuterDisposeScope();
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var run = (ScanRun)vars[2];
        ctx.save_for_backward([run.Terms, run.Start, run.States, (Tensor)vars[1]]);
        return run.States;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
        BackwardPass.Kernel(ctx, () => [.. Gradients(ctx, grad_output), null], tensors: 2, others: 1);

    private static ScanRun Forward(Tensor terms, Tensor factors, Tensor? start)
    {
        var run = new ScanRun(terms, start?.contiguous() ?? zeros(terms.shape[0], 1, terms.shape[2]), empty_like(terms));
        var scan = new ComplexScan(
            TorchMemory.Floats(terms), TorchMemory.Floats(run.Start), TorchMemory.Floats(run.States), TorchMemory.Floats(factors));
        LaneKernels.Run(scan, (int)factors.shape[1]);
        return run;
    }

    private static Tensor[] Gradients(autograd.AutogradContext ctx, Tensor given)
    {
        using var scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor terms = saved[0], factors = saved[3], ofStates = given.contiguous(), ofTerms = empty_like(terms), ofFactors = zeros_like(factors);
        var back = new ComplexScanBack(
            TorchMemory.Floats(terms), TorchMemory.Floats(saved[1]), TorchMemory.Floats(saved[2]), TorchMemory.Floats(factors), TorchMemory.Floats(ofStates))
        {
            Terms = TorchMemory.Floats(ofTerms),
            Factors = TorchMemory.Floats(ofFactors),
        };
        LaneKernels.Run(back, (int)factors.shape[1]);
        return [ofTerms.MoveToOuterDisposeScope(), ofFactors.MoveToOuterDisposeScope()];
    }
}
