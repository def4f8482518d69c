namespace MLNet.Sequence.Onnx;

internal sealed class OnnxActivation(ActivationKind kind) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass) => kind switch
    {
        ActivationKind.Relu => input.Op("Relu"),
        ActivationKind.Tanh => input.Tanh(),
        ActivationKind.Sigmoid => input.Sigmoid(),
        _ => throw new NotSupportedException($"The activation {kind} cannot be exported to ONNX."),
    };
}
