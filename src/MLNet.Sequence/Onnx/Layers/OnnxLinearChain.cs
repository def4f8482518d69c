namespace MLNet.Sequence.Onnx;

/// <summary>Passes on; the decoding reads the weights.</summary>
internal sealed class OnnxLinearChain : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass) => input;
}
