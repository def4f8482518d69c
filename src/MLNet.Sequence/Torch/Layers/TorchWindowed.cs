using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>All windows of all rows as one batch, [B·(T − n + 1), n, C]. The first window's outputs are those of the first n steps.</summary>
internal sealed class TorchWindowed(ITorchLayer inner, int window) : ITorchLayer
{
    public Tensor Forward(Tensor input, TorchPass pass)
    {
        // Every window starts from zeros, and no window ends in padding that a valid step reads.
        TorchPass own = pass with { Lengths = null, State = null };
        long rows = input.shape[0], steps = input.shape[1], channels = input.shape[2];
        if (steps <= window)
            return inner.Forward(input, own);
        // [B, T, C] → [B, T − n + 1, C, n] → [B·(T − n + 1), n, C]
        Tensor windows = input.unfold(1, window, 1).transpose(2, 3).reshape(-1, window, channels);
        Tensor outputs = inner.Forward(windows, own);
        outputs = outputs.reshape(rows, steps - window + 1, window, -1);
        Tensor last = outputs.narrow(1, 1, steps - window).select(2, -1);
        return cat([outputs.select(1, 0), last], 1); // [B, n, D] and [B, T − n, D] → [B, T, D]
    }
}
