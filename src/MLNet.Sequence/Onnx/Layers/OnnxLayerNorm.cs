using MLNet.Sequence.Layers;
using static MLNet.Sequence.Onnx.OnnxAttribute;

namespace MLNet.Sequence.Onnx;

internal sealed class OnnxLayerNorm(OnnxWeights own) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass) => input.Graph.Node("LayerNormalization",
        [input, own.As(input.Graph, "weight"), own.As(input.Graph, "bias")], Of("axis", -1), Of("epsilon", (float)LayerNorm.Epsilon));
}
