using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchClamp(double limit) : ITorchPointwise
{
    public Tensor Forward(Tensor input, TorchPass pass) => input.Clamp(-limit, limit);
}
