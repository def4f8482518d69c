namespace MLNet.Sequence.Onnx;

internal sealed class OnnxClamp(double limit) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass) =>
        input.Op("Clip", input.Graph.Constant((float)-limit), input.Graph.Constant((float)limit));
}
