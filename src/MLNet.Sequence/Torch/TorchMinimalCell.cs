using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>The common part of minGRU and minLSTM: h_t = σ(k) h_{t−1} + σ(−k) g(x), for all steps at once.</summary>
internal static class TorchMinimalCell
{
    /// <param name="keep">k, [B, T, C].</param>
    /// <param name="candidate">x, [B, T, C].</param>
    /// <param name="path">The name of the state carried between chunks.</param>
    /// <param name="state">The carried state; null: none.</param>
    public static Tensor Run(Tensor keep, Tensor candidate, string path, TorchState? state)
    {
        // g(x) = x + ½ for x ≥ 0, σ(x) below, which is relu(x) + σ(x − relu(x)): unlike a maximum or a selection, its gradients need no
        // masks, which cost more time in libtorch than the rest of the cell.
        Tensor above = candidate.relu(), positive = above.Add((candidate - above).sigmoid()), factor = keep.sigmoid();
        // σ(−k) g = g − σ(k) g
        Tensor output = LinearRecurrence.Run(factor, positive.Addcmul(factor, positive, -1), state?.Take(path));
        state?.Put(path, output.narrow(1, output.shape[1] - 1, 1));
        return output;
    }
}
