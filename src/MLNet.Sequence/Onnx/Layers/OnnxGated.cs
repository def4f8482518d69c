using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

internal sealed class OnnxGated(GateKind kind, int inputSize) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        OnnxValue[] halves = input.Split(-1, 2, inputSize / 2);
        OnnxValue value = halves[0], gate = halves[1].Sigmoid();
        return kind switch
        {
            GateKind.Linear => value * gate,
            GateKind.Tanh => value.Tanh() * gate,
            _ => throw new NotSupportedException($"The gate {kind} cannot be exported to ONNX."),
        };
    }
}
