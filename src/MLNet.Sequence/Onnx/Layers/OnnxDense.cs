namespace MLNet.Sequence.Onnx;

internal sealed class OnnxDense(OnnxWeights own) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass) => own.Linear(input);
}
