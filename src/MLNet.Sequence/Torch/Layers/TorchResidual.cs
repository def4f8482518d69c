using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>The children: inner, and the shortcut if the widths differ.</summary>
internal sealed class TorchResidual(ITorchLayer[] children) : ITorchLayer
{
    public Tensor Forward(Tensor input, TorchPass pass) => Sum(children[0].Forward(input, pass), input, pass);

    public LastSteps? Reads(LastSteps wanted) => children[0].Reads(wanted);

    public Tensor At(Tensor input, LastSteps wanted, TorchPass pass) =>
        Sum(children[0].At(input, wanted, pass), wanted.Of(input, children[0].Reads(wanted)!.Value), pass);

    private Tensor Sum(Tensor inner, Tensor input, TorchPass pass) => inner.Add(children.Length == 2 ? children[1].Forward(input, pass) : input);
}
