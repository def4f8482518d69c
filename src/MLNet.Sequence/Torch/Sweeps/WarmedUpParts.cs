using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// A recurrent layer over parts of a sequence in parallel, as rows of one batch. Each part is warmed up from the zero state on the k steps
/// before it. Every output depends on at least its last k inputs: if the layer contracts by λ per step, the error is at most λᵏ of the
/// largest state, as after k sweeps (<see cref="TimeSweeps"/>). The work is twice that of one pass; sweeps take k times that.
/// </summary>
internal static class WarmedUpParts
{
    // Shorter parts would have too little work at each step.
    private const int Shortest = 16;

    /// <param name="layer">The layer from the zero state: [B, T, C] to [B, T, H].</param>
    /// <param name="input">[B, T, C].</param>
    /// <param name="warmUp">k; at least 1.</param>
    public static Tensor Run(Func<Tensor, Tensor> layer, Tensor input, int warmUp)
    {
        int part = Math.Max(warmUp, Shortest), window = warmUp + part;
        long rows = input.shape[0], steps = input.shape[1], channels = input.shape[2];
        if (steps <= window)
            return layer(input);
        long parts = (steps - window + part - 1) / part + 1;
        Tensor padded = nn.functional.pad(input, [0, 0, 0, window + (parts - 1) * part - steps]);
        // [B, T, C] → [B, P, C, k + L] → [B·P, k + L, C]
        Tensor windows = padded.unfold(1, window, part).transpose(2, 3).reshape(-1, window, channels);
        Tensor outputs = layer(windows).view(rows, parts, window, -1);
        Tensor others = outputs.narrow(1, 1, parts - 1).narrow(2, warmUp, part).flatten(1, 2);
        return cat([outputs.select(1, 0), others], 1).narrow(1, 0, steps); // [B, k + L, H] and [B, (P − 1)·L, H] → [B, T, H]
    }
}
