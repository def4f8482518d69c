using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

internal sealed class OnnxLayerNorm(OnnxWeights own) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass) =>
        input.Normalize(own.As(input.Graph, "weight"), own.As(input.Graph, "bias"), (float)LayerNorm.Epsilon);
}
