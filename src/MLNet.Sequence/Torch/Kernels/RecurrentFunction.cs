using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// A recurrent layer in our own kernels, as one node of libtorch's graph. The forward pass runs before the node is created, since an exception
/// during its creation would leak the node.
/// </summary>
internal sealed class RecurrentFunction<TKernel> : autograd.SingleTensorFunction<RecurrentFunction<TKernel>> where TKernel : struct, IRecurrentKernel
{
    private const string Wanted = nameof(Wanted);

    public override string Name => typeof(TKernel).Name;

    /// <param name="weights">The layer's weights.</param>
    /// <param name="input">[B, T, C].</param>
    /// <param name="start">The state before the first step, [1, B, H] each; null: zeros.</param>
    /// <returns>The output [B, T, H], and the state after the last step, [1, B, H] each.</returns>
    public static (Tensor Output, Tensor[] State) Run(RecurrentWeights weights, Tensor input, Tensor[]? start)
    {
        using var scope = NewDisposeScope();
        RecurrentRun run;
        using (no_grad())
            run = RecurrentForward<TKernel>.Run(weights, input, start);
        Tensor? cell = TKernel.HasCell ? start?[1] : null;
        // A single output: for each output without a gradient, TorchSharp would count one more tensor as alive, forever.
        Tensor states = apply(input, weights.Input, weights.Recurrent, weights.InputBias, weights.RecurrentBias, start?[0]!, cell!, run);
        GC.KeepAlive(weights);
        Tensor Part(long first, long count) => states.narrow(0, first, count);
        Tensor output = Part(0, run.Steps).transpose(0, 1), last = Part(run.Steps - 1, 1); // [T, B, H] → [B, T, H]
        Tensor[] state = TKernel.HasCell ? [last, Part(run.Steps, 1)] : [last];
        return (output.MoveToOuterDisposeScope(), Array.ConvertAll(state, tensor => tensor.MoveToOuterDisposeScope()));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var run = (RecurrentRun)vars[^1];
        ctx.save_for_backward([run.Vectors, run.Gates, run.Cells, .. vars[1..5].Cast<Tensor>()]);
        ctx.save_data(Wanted, (Input: ((Tensor)vars[0]).requires_grad, Start: vars[5..7].Any(tensor => tensor is Tensor { requires_grad: true })));
        // Detached, so that libtorch takes it as an output of the node and not as a view.
        return run.States((int)((Tensor)vars[2]).shape[1]).detach();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
        BackwardPass.Kernel(ctx, () => Gradients(ctx, grad_output), tensors: 5, others: 3);

    private static List<Tensor?> Gradients(autograd.AutogradContext ctx, Tensor states)
    {
        using var scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        (bool input, bool start) = ((bool, bool))ctx.get_data(Wanted);
        RecurrentGradients all = RecurrentBackward<TKernel>.Run(
            new RecurrentRun(saved[0], saved[1], saved[2]), new RecurrentWeights(saved[3], saved[4], saved[5], saved[6]),
            new RecurrentTask(states, input, start));
        RecurrentWeights weights = all.Weights;
        List<Tensor?> gradients =
            [all.Input, weights.Input, weights.Recurrent, weights.InputBias, weights.RecurrentBias, all.Hidden, TKernel.HasCell ? all.Cell : null, null];
        foreach (Tensor? gradient in gradients)
            gradient?.MoveToOuterDisposeScope();
        return gradients;
    }
}
