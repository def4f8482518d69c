using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchSequential(ITorchLayer[] children) : ITorchLayer
{
    public Tensor Forward(Tensor input, TorchPass pass)
    {
        foreach (ITorchLayer child in children)
            input = child.Forward(input, pass);
        return input;
    }
}
