using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>Some steps of a sequence: the last one and earlier ones, evenly spaced.</summary>
/// <param name="Count">The number of steps; at least 1.</param>
/// <param name="Spacing">The distance between neighbouring steps; 0 for a single step.</param>
/// <param name="Length">The length of the sequence.</param>
internal readonly record struct LastSteps(long Count, long Spacing, long Length)
{
    /// <summary>Only the last step.</summary>
    public static LastSteps One(long length) => new(1, 0, length);

    /// <summary>All steps.</summary>
    public static LastSteps All(long length) => new(length, 1, length);

    /// <summary>The steps that a kernel reads for outputs at these steps; fewer if the sequence is too short.</summary>
    /// <param name="taps">The number of kernel taps; the last tap is at the output's step.</param>
    /// <param name="dilation">Steps between neighbouring taps.</param>
    public LastSteps Read(int taps, int dilation)
    {
        if (taps == 1)
            return this;
        long spacing = CommonDivisor(Spacing, dilation);
        return this with { Count = Math.Min(Span(spacing) + (taps - 1) * (dilation / spacing), (Length - 1) / spacing + 1), Spacing = spacing };
    }

    /// <summary>Selects these steps from a tensor with the steps <paramref name="given"/>: [B, given, C] → [B, Count, C].</summary>
    public Tensor Of(Tensor x, LastSteps given)
    {
        if (this == given)
            return x;
        return Count == 1 ? x.narrow(1, -1, 1) : x.slice(1, x.shape[1] - Span(given.Spacing), x.shape[1], Spacing / given.Spacing);
    }

    // The number of steps from the first to the last one at this spacing.
    private long Span(long spacing) => (Count - 1) * (Spacing / spacing) + 1;

    private static long CommonDivisor(long a, long b) => a == 0 ? b : CommonDivisor(b % a, a);
}
