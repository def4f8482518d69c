using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchLastStep : ITorchLayer
{
    public Tensor Forward(Tensor input, TorchPass pass) => input.select(1, -1); // [B, T, C] → [B, C]
}
