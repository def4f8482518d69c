using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

internal sealed class OnnxPositionEmbedding(PositionEmbedding layer, OnnxWeights own) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        OnnxGraph graph = input.Graph;
        OnnxValue time = pass.State is { } state ? state.Time : input.Steps(); // [B] for a step, [T] for a sequence
        return input + own.As(graph, "weight").Gather(0, time.AtMost(graph.Scalar(layer.Positions - 1)));
    }
}
