using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchDropout(Dropout layer) : ITorchPointwise
{
    public Tensor Forward(Tensor input, TorchPass pass)
    {
        if (pass.Dropout is null || layer.Rate == 0)
            return input;
        // [B, T, C], or [B, 1, C] for all steps
        Tensor like = layer.Variational && input.dim() == 3 ? input.narrow(1, 0, 1) : input;
        using Tensor mask = pass.Dropout.Next(like.shape, layer.Rate, input);
        return input * mask;
    }
}
