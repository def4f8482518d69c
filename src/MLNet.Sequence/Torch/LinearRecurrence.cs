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

    private static readonly Operations Numbers = new((after, before) => after * before, (factor, before, term) => term.Addcmul(factor, before, 1));

    private static readonly Operations Matrices = new((after, before) => after.matmul(before), (factor, before, term) => term.Add(factor.matmul(before)));

    /// <param name="factors">a, [B, T, C], or [1, T, C] if all rows share it.</param>
    /// <param name="terms">b, [B, T, C]; real or complex, as the factors are.</param>
    /// <param name="start">h before the first step, [B, 1, C]; null: zeros.</param>
    /// <returns>h of every step, [B, T, C].</returns>
    public static Tensor Run(Tensor factors, Tensor terms, Tensor? start) => Run(Numbers, factors, terms, start);

    /// <summary>The same with matrices as factors, from zero.</summary>
    /// <param name="factors">[B, T, blocks, n, n].</param>
    /// <param name="terms">[B, T, blocks, n, 1].</param>
    /// <returns>[B, T, blocks, n, 1].</returns>
    public static Tensor RunBlocks(Tensor factors, Tensor terms) => Run(Matrices, factors, terms, start: null);

    private static Tensor Run(Operations operations, Tensor factors, Tensor terms, Tensor? start)
    {
        long steps = terms.shape[1];
        if (steps <= 2 * Block)
            return InTurn(operations, factors, terms, start);
        long blocks = (steps + Block - 1) / Block, padding = blocks * Block - steps;
        Tensor[] a = Cut(factors, blocks, padding), b = Cut(terms, blocks, padding);
        for (int i = 1; i < Block; i++)
        {
            b[i] = operations.Advance(a[i], b[i - 1], b[i]);
            a[i] = operations.Product(a[i], a[i - 1]);
        }

        Tensor ends = Run(operations, a[^1], b[^1], start);
        Tensor first = start ?? zeros_like(ends.narrow(1, 0, 1));
        Tensor before = cat([first, ends.narrow(1, 0, blocks - 1)], 1);
        for (int i = 0; i < Block; i++)
            b[i] = operations.Advance(a[i], before, b[i]);
        // 16 × [B, K, C] → [B, K, 16, C] → [B, T, C]
        return stack(b, 2).view([-1, blocks * Block, .. terms.shape[2..]]).narrow(1, 0, steps);
    }

    // [B, T, C] → [B, K, 16, C] → 16 × [B, K, C]; steps after the last are zeros.
    private static Tensor[] Cut(Tensor x, long blocks, long padding)
    {
        if (padding > 0)
            x = nn.functional.pad(x, [.. new long[2 * (x.dim() - 2)], 0, padding]);
        return x.reshape([x.shape[0], blocks, Block, .. x.shape[2..]]).unbind(2);
    }

    private static Tensor InTurn(Operations operations, Tensor factors, Tensor terms, Tensor? start)
    {
        Tensor[] a = factors.unbind(1), b = terms.unbind(1); // T × [B, C]
        if (start is not null)
            b[0] = operations.Advance(a[0], start.squeeze(1), b[0]);
        for (int i = 1; i < b.Length; i++)
            b[i] = operations.Advance(a[i], b[i - 1], b[i]);
        return stack(b, 1); // [B, T, C]
    }

    /// <param name="Product">The factor of two steps, from that of the later one and that of the earlier one.</param>
    /// <param name="Advance">factor · before + term.</param>
    private sealed record Operations(Func<Tensor, Tensor, Tensor> Product, Func<Tensor, Tensor, Tensor, Tensor> Advance);
}
