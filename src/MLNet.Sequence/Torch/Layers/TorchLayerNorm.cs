using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchLayerNorm(Tensor weight, Tensor bias) : ITorchPointwise
{
    public Tensor Forward(Tensor input, TorchPass pass) =>
        nn.functional.layer_norm(input, [input.shape[^1]], weight, bias, LayerNorm.Epsilon);
}
