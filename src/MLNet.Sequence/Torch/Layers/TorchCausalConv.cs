using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchCausalConv(CausalConv layer, Func<string, Tensor> own) : ITorchLayer
{
    public ConvWeights Weights { get; } = new(
        own(layer.WeightNormalized ? "weight_v" : "weight"), layer.WeightNormalized ? own("weight_g") : null, own("bias"));

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        if (Shape(input, LastSteps.All(input.shape[1])) is var shape && KernelChoice.OfConvolution(input, shape, pass))
            return ConvFunction.Run(input, Weights, shape);
        // [B, T, C] → [B, C, T]: a view, and the previous convolution left its output in this layout.
        Tensor x = nn.functional.pad(input.transpose(1, 2), [(layer.KernelSize - 1) * layer.Dilation, 0]);
        Tensor y = pass.Product((x, kernel, bias) => nn.functional.conv1d(x, kernel, bias, 1, 0, layer.Dilation), x, Kernel(), Weights.Bias);
        return y.transpose(1, 2); // [B, D, T] → [B, T, D]
    }

    public LastSteps? Reads(LastSteps wanted) => wanted.Read(layer.KernelSize, layer.Dilation);

    public Tensor At(Tensor input, LastSteps wanted, TorchPass pass)
    {
        ConvShape shape = Shape(input, wanted);
        if (KernelChoice.OfConvolution(input, shape, pass))
            return ConvFunction.Run(input, Weights, shape);
        Tensor x = nn.functional.pad(input, [0, 0, shape.Zeros, 0]), kernel = Kernel();
        if (shape.Outputs == 1 && shape.Dilation == 1)
            return pass.Product(nn.functional.linear, x.transpose(1, 2).flatten(1), kernel.flatten(1), Weights.Bias).unsqueeze(1); // [B, C·k] → [B, 1, D]
        // For few steps, one product with all taps concatenated is faster than a convolution.
        long end = (shape.Outputs - 1) * shape.Stride + 1;
        Tensor[] taps = [.. Enumerable.Range(0, shape.Taps).Select(tap => x.slice(1, tap * shape.Dilation, tap * shape.Dilation + end, shape.Stride))];
        return pass.Product(nn.functional.linear, cat(taps, 2), kernel.transpose(1, 2).flatten(1), Weights.Bias); // [B, n, k·C] → [B, n, D]
    }

    /// <summary>The sizes of a pass from the steps that <see cref="Reads"/> names, in units of these steps.</summary>
    public ConvShape Shape(Tensor input, LastSteps wanted)
    {
        long spacing = Math.Max(1, wanted.Read(layer.KernelSize, layer.Dilation).Spacing);
        return new ConvShape((int)input.shape[0], (int)input.shape[1], (int)input.shape[2], (int)wanted.Count)
        {
            Filters = layer.Channels,
            Taps = layer.KernelSize,
            Stride = (int)Math.Max(1, wanted.Spacing / spacing),
            Dilation = (int)Math.Max(1, layer.Dilation / spacing),
        };
    }

    private Tensor Kernel()
    {
        if (Weights.Gain is not { } gain)
            return Weights.Kernel;
        Tensor norm = Weights.Kernel.Square().sum([1, 2]).sqrt(); // [D, C, k] → [D]
        return Weights.Kernel * (gain / norm).view(-1, 1, 1);
    }
}
