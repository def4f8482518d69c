using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>The children: head and tail.</summary>
internal sealed class TorchChannelSplit(ChannelSplit layer, ITorchLayer[] children) : ITorchLayer
{
    public Tensor Forward(Tensor input, TorchPass pass)
    {
        long head = input.shape[2] - layer.TailChannels;
        Tensor first = children[0].Forward(input.narrow(2, 0, head), pass), second = children[1].Forward(input.narrow(2, head, layer.TailChannels), pass);
        return layer.Sum ? first.Add(second) : cat([first, second], 2); // [B, T, D] and [B, T, E] → [B, T, D + E]
    }
}
