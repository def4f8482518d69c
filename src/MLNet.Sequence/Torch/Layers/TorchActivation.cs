using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchActivation(ActivationKind kind) : ITorchPointwise
{
    /// <summary>Whether it is max(·, 0).</summary>
    public bool Rectifies => kind == ActivationKind.Relu;

    public Tensor Forward(Tensor input, TorchPass pass) => kind switch
    {
        ActivationKind.Relu => input.relu(),
        ActivationKind.Tanh => input.tanh(),
        ActivationKind.Sigmoid => input.sigmoid(),
        _ => throw new NotSupportedException($"The activation {kind} is not implemented on TorchSharp."),
    };
}
