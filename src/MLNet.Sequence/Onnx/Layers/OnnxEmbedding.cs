using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

internal sealed class OnnxEmbedding(OnnxWeights own, double scale) : IOnnxLayer
{
    // [.., 1] → [..] → [.., D]
    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        OnnxValue vectors = own.As(input.Graph, "weight").Gather(0, input.Squeeze(-1).Cast(DataType.Int64));
        return scale == 1 ? vectors : vectors * (float)scale;
    }
}
