using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchTiedEmbedding(TiedEmbedding layer, ITorchLayer[] children, Func<string, Tensor> own) : ITorchLayer
{
    private readonly Tensor _weight = own("weight"), _bias = own("bias");
    private readonly TorchEmbedding _lookup = new(own("weight"), Math.Sqrt(layer.Size));

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        Tensor x = _lookup.Forward(input, pass);
        foreach (ITorchLayer child in children)
            x = child.Forward(x, pass);
        return pass.Product(nn.functional.linear, x, _weight, _bias);
    }
}
