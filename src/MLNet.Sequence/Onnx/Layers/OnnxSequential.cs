namespace MLNet.Sequence.Onnx;

internal sealed class OnnxSequential(IOnnxLayer[] children) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass) => children.Aggregate(input, (value, child) => child.Apply(value, pass));
}
