using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>The common part of minGRU and minLSTM: h_t = σ(k) h_{t−1} + σ(−k) g(x), for all steps at once.</summary>
internal static class TorchMinimalCell
{
    /// <param name="gates">The gates and x, one behind the other, [B, T, parts · C].</param>
    /// <param name="keep">k of the gates, each [B, T, C].</param>
    /// <param name="path">The name of the state carried between chunks.</param>
    /// <param name="pass">The pass, with the carried state.</param>
    public static Tensor Run<TGates>(Tensor gates, Func<Tensor[], Tensor> keep, string path, TorchPass pass) where TGates : struct, IMinimalGates
    {
        Tensor? start = pass.State?.Take(path);
        Tensor output = KernelChoice.OfScan(gates, pass) ? MinimalFunction<TGates>.Run(gates, start) : Composed(gates.chunk(TGates.Parts, -1), keep, start);
        pass.State?.Put(path, output.narrow(1, output.shape[1] - 1, 1));
        return output;
    }

    private static Tensor Composed(Tensor[] parts, Func<Tensor[], Tensor> keep, Tensor? start)
    {
        Tensor candidate = parts[^1];
        // g(x) = x + ½ for x ≥ 0, σ(x) below, which is relu(x) + σ(x − relu(x)): unlike a maximum or a selection, its gradients need no
        // masks, which cost more time in libtorch than the rest of the cell.
        Tensor above = candidate.relu(), positive = above.Add((candidate - above).sigmoid()), factor = keep(parts).sigmoid();
        // σ(−k) g = g − σ(k) g
        return LinearRecurrence.Run(factor, positive.Addcmul(factor, positive, -1), start);
    }
}
