using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// States that were found without a graph, as one node of libtorch's graph: only what its gradient needs is kept, however often the states
/// were computed.
/// </summary>
internal sealed class SolvedFunction : autograd.SingleTensorFunction<SolvedFunction>
{
    private const string Run = nameof(Run);

    public override string Name => nameof(SolvedFunction);

    /// <param name="given">The tensors that have gradients.</param>
    /// <param name="solution">The states.</param>
    /// <returns>The output.</returns>
    public static Tensor Of(Tensor[] given, Solution solution) => is_grad_enabled() ? apply([.. given, solution]) : solution.Output;

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var solution = (Solution)vars[^1];
        ctx.save_for_backward([.. vars[..^1].Cast<Tensor>(), .. solution.Kept]);
        ctx.save_data(Run, (Given: vars.Length - 1, solution.Gradient));
        // Detached, since the output may also be kept.
        return solution.Output.detach();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        (int given, SolutionGradient gradient) = ((int, SolutionGradient))ctx.get_data(Run);
        return BackwardPass.Kernel(ctx, () => [.. Gradients(), null], tensors: given, others: 1);

        Tensor[] Gradients()
        {
            using var scope = NewDisposeScope();
            Tensor[] saved = [.. ctx.get_saved_variables()];
            return Array.ConvertAll(gradient(saved[..given], saved[given..], grad_output), result => result.MoveToOuterDisposeScope());
        }
    }
}

/// <summary>States that were found without a graph.</summary>
/// <param name="Output">The output, [B, T, H].</param>
/// <param name="Kept">What the gradient needs in addition to what was given.</param>
/// <param name="Gradient">The gradients by what was given.</param>
internal sealed record Solution(Tensor Output, Tensor[] Kept, SolutionGradient Gradient);

/// <summary>The gradients by what was given, from it, what was kept, and the gradient by the output.</summary>
internal delegate Tensor[] SolutionGradient(Tensor[] given, Tensor[] kept, Tensor output);
