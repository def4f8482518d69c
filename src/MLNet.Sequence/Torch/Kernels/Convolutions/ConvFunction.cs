using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>The weights of a convolution.</summary>
/// <param name="Kernel">W, [D, C, k]; its direction if there is a gain.</param>
/// <param name="Gain">The length of each filter under weight normalisation, [D]; null: W as it is.</param>
/// <param name="Bias">[D].</param>
internal sealed record ConvWeights(Tensor Kernel, Tensor? Gain, Tensor Bias);

/// <summary>
/// A causal convolution with its bias, weight normalisation, max(·, 0) and dropout as one node of libtorch's graph, like
/// <see cref="MinimalFunction{TGates}"/>.
/// </summary>
internal sealed class ConvFunction : autograd.SingleTensorFunction<ConvFunction>
{
    private const string Shape = nameof(Shape);

    public override string Name => nameof(ConvFunction);

    /// <param name="x">[B, T, C].</param>
    /// <param name="weights">The weights.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="mask">A dropout mask of the outputs, [B, n, D], if they are rectified; null: none.</param>
    /// <returns>[B, n, D].</returns>
    public static Tensor Run(Tensor x, ConvWeights weights, ConvShape shape, Tensor? mask = null)
    {
        using var scope = NewDisposeScope();
        ConvRun run;
        using (no_grad())
            run = Forward(x.contiguous(), weights, shape with { NeedsInputGradient = x.requires_grad }, mask);
        Tensor y = is_grad_enabled() ? apply(x, weights.Kernel, weights.Bias, weights.Gain!, run) : run.Output;
        return y.MoveToOuterDisposeScope();
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var run = (ConvRun)vars[4];
        ctx.save_for_backward([run.Input, run.Output, (Tensor)vars[1], .. vars[3] is Tensor gain ? new[] { gain } : []]);
        ctx.save_data(Shape, run.Shape);
        return run.Output;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
        BackwardPass.Kernel(ctx, () => [.. Gradients(ctx, grad_output), null], tensors: 3, others: 2);

    private static ConvRun Forward(Tensor x, ConvWeights weights, ConvShape shape, Tensor? mask)
    {
        Tensor y = empty(shape.Rows, shape.Outputs, shape.Filters);
        using Scratch kernel = Effective(weights.Kernel, weights.Gain);
        new ConvForward(shape, kernel[0], TorchMemory.Floats(weights.Bias)).Run(
            TorchMemory.Floats(x), mask is null ? default : TorchMemory.Floats(mask), TorchMemory.Floats(y));
        GC.KeepAlive(weights);
        return new ConvRun(x, y, shape);
    }

    // Of the input, the kernel, the bias and the gain.
    private static Tensor?[] Gradients(autograd.AutogradContext ctx, Tensor given)
    {
        using var scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        var shape = (ConvShape)ctx.get_data(Shape);
        Tensor x = saved[0], y = saved[1], kernel = saved[2], ofOutput = given.contiguous();
        Tensor? gain = saved.Count > 3 ? saved[3] : null, ofInput = shape.NeedsInputGradient ? empty_like(x) : null;
        Tensor ofKernel = empty_like(kernel), ofBias = zeros(shape.Filters);
        Tensor? ofGain = gain is null ? null : empty_like(gain);
        using (Scratch weights = Effective(kernel, gain))
        {
            new ConvBackward(shape, weights[0])
            {
                Bias = TorchMemory.Floats(ofBias),
                Weights = TorchMemory.Floats(ofKernel),
                Input = ofInput is null ? default : TorchMemory.Floats(ofInput),
            }.Run(TorchMemory.Floats(x), TorchMemory.Floats(y), TorchMemory.Floats(ofOutput));
        }

        if (gain is not null)
            WeightNorm.Back(TorchMemory.Floats(kernel), TorchMemory.Floats(gain), TorchMemory.Floats(ofKernel), TorchMemory.Floats(ofGain!));
        return [ofInput?.MoveToOuterDisposeScope(), ofKernel.MoveToOuterDisposeScope(), ofBias.MoveToOuterDisposeScope(), ofGain?.MoveToOuterDisposeScope()];
    }

    // The kernel under weight normalisation.
    private static Scratch Effective(Tensor kernel, Tensor? gain)
    {
        var weights = new Scratch((int)kernel.numel());
        if (gain is null)
            TorchMemory.Floats(kernel).CopyTo(weights[0]);
        else
            WeightNorm.Apply(TorchMemory.Floats(kernel), TorchMemory.Floats(gain), weights[0]);
        return weights;
    }

    /// <summary>What the forward pass leaves for the backward pass.</summary>
    private sealed record ConvRun(Tensor Input, Tensor Output, ConvShape Shape);
}
