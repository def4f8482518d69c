namespace MLNet.Sequence.Onnx;

/// <summary>Returns its input; the decoding reads the weights.</summary>
internal sealed class OnnxLinearChain : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass) => input;
}
