using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchBranched(ITorchLayer[] branches) : ITorchLayer
{
    // A chain computes only the steps that its last output reads, also if it is one layer.
    private readonly TorchSequential[] _branches = [.. branches.Select(branch => branch as TorchSequential ?? new TorchSequential([branch]))];

    // N × [B, T, D] → [B, T, ΣD]
    public Tensor Forward(Tensor input, TorchPass pass) => cat([.. _branches.Select(branch => branch.Forward(input, pass))], -1);

    public Tensor Last(Tensor input, TorchPass pass) => cat([.. _branches.Select(branch => branch.Last(input, pass))], -1);
}
