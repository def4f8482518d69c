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
        // [B, T, C] → [B, C, T]: a view, and the convolution before it left its output in this very layout.
        Tensor x = input.transpose(1, 2);
        x = nn.functional.pad(x, [(layer.KernelSize - 1) * layer.Dilation, 0]);
        Tensor y = pass.Product((x, kernel, bias) => nn.functional.conv1d(x, kernel, bias, 1, 0, layer.Dilation), x, Kernel(), _bias);
        return y.transpose(1, 2); // [B, D, T] → [B, T, D]
    }

    private Tensor Kernel()
    {
        if (_gain is null)
            return _kernel;
        Tensor norm = _kernel.Square().sum([1, 2]).sqrt(); // [D, C, k] → [D]
        return _kernel * (_gain / norm).view(-1, 1, 1);
    }
}
