using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchDense(Tensor weight, Tensor bias) : ITorchLayer
{
    public Tensor Forward(Tensor input, TorchPass pass) => pass.Product(nn.functional.linear, input, weight, bias);
}
