using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchGated(GateKind kind) : ITorchPointwise
{
    public Tensor Forward(Tensor input, TorchPass pass)
    {
        long half = input.shape[^1] / 2;
        // [B, T, 2 D] → [B, T, D] twice
        Tensor value = input.narrow(-1, 0, half), gate = input.narrow(-1, half, half).sigmoid();
        return kind switch
        {
            GateKind.Linear => value * gate,
            GateKind.Tanh => value.tanh() * gate,
            _ => throw new NotSupportedException($"The gate {kind} is not implemented on TorchSharp."),
        };
    }
}
