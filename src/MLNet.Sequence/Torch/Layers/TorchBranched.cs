using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchBranched(ITorchLayer[] branches) : ITorchLayer
{
    // N × [B, T, D] → [B, T, ΣD]
    public Tensor Forward(Tensor input, TorchPass pass) => cat([.. branches.Select(branch => branch.Forward(input, pass))], -1);

    public Tensor Last(Tensor input, TorchPass pass) => cat([.. branches.Select(branch => branch.Last(input, pass))], -1);
}
