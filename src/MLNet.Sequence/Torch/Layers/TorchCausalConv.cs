using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchCausalConv(CausalConv layer, Func<string, Tensor> own) : ITorchLayer
{
    private readonly Tensor _kernel = own(layer.WeightNormalized ? "weight_v" : "weight");
    private readonly Tensor? _gain = layer.WeightNormalized ? own("weight_g") : null;
    private readonly Tensor _bias = own("bias");

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        // [B, T, C] → [B, C, T]: a view, and the previous convolution left its output in this layout.
        Tensor x = nn.functional.pad(input.transpose(1, 2), [(layer.KernelSize - 1) * layer.Dilation, 0]);
        Tensor y = pass.Product((x, kernel, bias) => nn.functional.conv1d(x, kernel, bias, 1, 0, layer.Dilation), x, Kernel(), _bias);
        return y.transpose(1, 2); // [B, D, T] → [B, T, D]
    }

    public LastSteps? Reads(LastSteps wanted) => wanted.Read(layer.KernelSize, layer.Dilation);

    public Tensor At(Tensor input, LastSteps wanted, TorchPass pass)
    {
        // In units of the given steps: the distance between outputs, the distance between taps, and the number of steps with zeros before
        // the sequence.
        long spacing = Math.Max(1, wanted.Read(layer.KernelSize, layer.Dilation).Spacing);
        (long stride, long dilation) = (Math.Max(1, wanted.Spacing / spacing), Math.Max(1, layer.Dilation / spacing));
        long outputs = (wanted.Count - 1) * stride + 1, all = outputs + (layer.KernelSize - 1) * dilation;
        Tensor x = nn.functional.pad(input, [0, 0, all - input.shape[1], 0]), kernel = Kernel();
        if (all == layer.KernelSize)
            return pass.Product(nn.functional.linear, x.transpose(1, 2).flatten(1), kernel.flatten(1), _bias).unsqueeze(1); // [B, C·k] → [B, 1, D]
        // For few steps, one product with all taps concatenated is faster than a convolution.
        Tensor[] taps = [.. Enumerable.Range(0, layer.KernelSize).Select(tap => x.slice(1, tap * dilation, tap * dilation + outputs, stride))];
        return pass.Product(nn.functional.linear, cat(taps, 2), kernel.transpose(1, 2).flatten(1), _bias); // [B, n, k·C] → [B, n, D]
    }

    private Tensor Kernel()
    {
        if (_gain is null)
            return _kernel;
        Tensor norm = _kernel.Square().sum([1, 2]).sqrt(); // [D, C, k] → [D]
        return _kernel * (_gain / norm).view(-1, 1, 1);
    }
}
