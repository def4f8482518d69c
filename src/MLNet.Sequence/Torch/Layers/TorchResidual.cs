using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>The children: inner, and the shortcut where the widths differ.</summary>
internal sealed class TorchResidual(ITorchLayer[] children) : ITorchLayer
{
    public Tensor Forward(Tensor input, TorchPass pass)
    {
        Tensor shortcut = children.Length == 2 ? children[1].Forward(input, pass) : input;
        return children[0].Forward(input, pass).Add(shortcut);
    }
}
