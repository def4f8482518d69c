using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

internal sealed class TorchEmbedding(Tensor weight) : ITorchLayer
{
    // [B, T, 1] → [B · T] → [B, T, Size]
    public Tensor Forward(Tensor input, TorchPass pass) =>
        weight.index_select(0, input.flatten().to_type(ScalarType.Int64)).view(input.shape[0], input.shape[1], -1);
}
