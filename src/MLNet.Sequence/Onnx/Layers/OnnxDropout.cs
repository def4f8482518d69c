namespace MLNet.Sequence.Onnx;

/// <summary>Outside of training it has no effect.</summary>
internal sealed class OnnxDropout : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass) => input;
}
