using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <param name="vectors">[P, C]: a vector for each position.</param>
internal sealed class TorchPositionEmbedding(Tensor vectors) : ITorchLayer
{
    public Tensor Forward(Tensor input, TorchPass pass)
    {
        long steps = input.shape[1], positions = vectors.shape[0], beyond = steps - positions;
        Tensor places = vectors.narrow(0, 0, Math.Min(steps, positions));
        if (beyond > 0)
            places = cat([places, vectors.narrow(0, positions - 1, 1).expand(beyond, -1)]);
        return input.Add(places); // [B, T, C] and [T, C]
    }
}
