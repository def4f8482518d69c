using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <param name="weight">A vector for each token.</param>
/// <param name="scale">The factor of the vectors.</param>
internal sealed class TorchEmbedding(Tensor weight, double scale = 1) : ITorchLayer
{
    // [B, T, 1] → [B · T] → [B, T, Size]
    public Tensor Forward(Tensor input, TorchPass pass)
    {
        Tensor vectors = weight.index_select(0, input.flatten().to_type(ScalarType.Int64)).view(input.shape[0], input.shape[1], -1);
        return scale == 1 ? vectors : vectors.Mul(scale);
    }
}
