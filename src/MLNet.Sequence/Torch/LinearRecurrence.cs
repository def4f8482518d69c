using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// h_t = a_t h_{t−1} + b_t, element by element, for all steps of a sequence at once. Steps are cut into blocks that run in parallel, each
/// from zero and with the product of its factors. The ends of the blocks are a sequence of the same form, sixteen times shorter. Then the
/// initial value of each block, times its factors, is added (Blelloch 1990, "Prefix sums and their applications", section 1.4). The work is
/// about three sequential passes, in O(log T) dependent blocks.
/// </summary>
/// <remarks>
/// Factors of magnitude up to 1 are expected. Then nothing overflows, an underflow of a product means no influence, and rounding is as in
/// the sequential formula. The other method, sums of logarithms, loses precision with length by cancellation: at T = 2048 up to 2e-3 in
/// float32, against 1e-6 here.
/// </remarks>
internal static class LinearRecurrence
{
    private const int Block = 16;

    /// <param name="factors">a, [B, T, C], or [1, T, C] if all rows share it.</param>
    /// <param name="terms">b, [B, T, C]; real or complex, as the factors are.</param>
    /// <param name="start">h before the first step, [B, 1, C]; null: zeros.</param>
    /// <returns>h of every step, [B, T, C].</returns>
    public static Tensor Run(Tensor factors, Tensor terms, Tensor? start)
    {
        long steps = terms.shape[1], channels = terms.shape[2];
        if (steps <= 2 * Block)
            return InTurn(factors, terms, start);
        long blocks = (steps + Block - 1) / Block, padding = blocks * Block - steps;
        Tensor[] a = Cut(factors, blocks, padding), b = Cut(terms, blocks, padding);
        for (int i = 1; i < Block; i++)
        {
            b[i] = b[i].Addcmul(a[i], b[i - 1], 1);
            a[i] = a[i] * a[i - 1];
        }

        Tensor ends = Run(a[^1], b[^1], start);
        Tensor first = start ?? zeros_like(ends.narrow(1, 0, 1));
        Tensor before = cat([first, ends.narrow(1, 0, blocks - 1)], 1);
        for (int i = 0; i < Block; i++)
            b[i] = b[i].Addcmul(a[i], before, 1);
        // 16 × [B, K, C] → [B, K, 16, C] → [B, T, C]
        return stack(b, 2).view(-1, blocks * Block, channels).narrow(1, 0, steps);
    }

    // [B, T, C] → [B, K, 16, C] → 16 × [B, K, C]; steps after the last are zeros.
    private static Tensor[] Cut(Tensor x, long blocks, long padding)
    {
        if (padding > 0)
            x = nn.functional.pad(x, [0, 0, 0, padding]);
        return x.reshape(x.shape[0], blocks, Block, x.shape[2]).unbind(2);
    }

    private static Tensor InTurn(Tensor factors, Tensor terms, Tensor? start)
    {
        Tensor[] a = factors.unbind(1), b = terms.unbind(1); // T × [B, C]
        if (start is not null)
            b[0] = b[0].Addcmul(a[0], start.squeeze(1), 1);
        for (int i = 1; i < b.Length; i++)
            b[i] = b[i].Addcmul(a[i], b[i - 1], 1);
        return stack(b, 1); // [B, T, C]
    }
}
