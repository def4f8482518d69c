using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>The children: inner, and the shortcut if the widths differ.</summary>
internal sealed class TorchResidual(Residual layer, ITorchLayer[] children) : ITorchLayer
{
    public Tensor Forward(Tensor input, TorchPass pass) => Sum(children[0].Forward(input, pass), input, pass);

    public LastSteps? Reads(LastSteps wanted) => children[0].Reads(wanted);

    public Tensor At(Tensor input, LastSteps wanted, TorchPass pass) =>
        Sum(children[0].At(input, wanted, pass), wanted.Of(input, children[0].Reads(wanted)!.Value), pass);

    private Tensor Sum(Tensor inner, Tensor input, TorchPass pass)
    {
        long head = input.shape[^1] - layer.Conditions;
        Tensor around = layer.Conditions == 0 ? input : input.narrow(-1, 0, head);
        Tensor sum = inner.Add(children.Length == 2 ? children[1].Forward(around, pass) : around);
        if (layer.Scale != 1)
            sum = sum.Mul(layer.Scale);
        return layer.Conditions == 0 ? sum : cat([sum, input.narrow(-1, head, layer.Conditions)], -1); // […, D] and […, K] → […, D + K]
    }
}
