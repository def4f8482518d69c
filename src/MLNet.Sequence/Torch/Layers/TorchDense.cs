using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchDense(Tensor weight, Tensor bias) : ITorchPointwise
{
    public Tensor Forward(Tensor input, TorchPass pass) => pass.Product(nn.functional.linear, input, weight, bias);
}
