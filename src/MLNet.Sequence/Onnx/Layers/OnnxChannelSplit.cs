using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

/// <summary>The children: head and tail.</summary>
internal sealed class OnnxChannelSplit(ChannelSplit layer, IOnnxLayer[] children) : IOnnxLayer
{
    public OnnxValue Apply(OnnxValue input, OnnxPass pass)
    {
        OnnxValue first = children[0].Apply(input.Slice(-1, 0, -layer.TailChannels), pass);
        OnnxValue second = children[1].Apply(input.Slice(-1, -layer.TailChannels), pass);
        return layer.Sum ? first + second : first.Concat(-1, second); // […, D] and […, E] → […, D + E]
    }
}
