using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>Draws its masks from the pass's own generator, so that no global random state is read or left changed.</summary>
internal sealed class TorchDropout(double rate) : ITorchLayer
{
    public Tensor Forward(Tensor input, TorchPass pass)
    {
        if (pass.Dropout is null || rate == 0)
            return input;
        using Tensor mask = empty_like(input).bernoulli_(1 - rate, pass.Dropout).div_(1 - rate);
        return input * mask;
    }
}
