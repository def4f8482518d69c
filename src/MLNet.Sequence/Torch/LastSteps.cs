using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>Some of the steps of a sequence: the last one, and more before it, each as far from the next.</summary>
/// <param name="Count">How many; at least 1.</param>
/// <param name="Spacing">From one to the next; of a single step 0.</param>
/// <param name="Length">All steps that there are.</param>
internal readonly record struct LastSteps(long Count, long Spacing, long Length)
{
    /// <summary>The last step alone.</summary>
    public static LastSteps One(long length) => new(1, 0, length);

    /// <summary>All steps.</summary>
    public static LastSteps All(long length) => new(length, 1, length);

    /// <summary>The steps that there are of those that taps at these steps read; where the sequence begins later there are fewer.</summary>
    /// <param name="taps">How many at each step, the last of them there.</param>
    /// <param name="dilation">Steps from a tap to the next.</param>
    public LastSteps Read(int taps, int dilation)
    {
        if (taps == 1)
            return this;
        long spacing = CommonDivisor(Spacing, dilation);
        return this with { Count = Math.Min(Span(spacing) + (taps - 1) * (dilation / spacing), (Length - 1) / spacing + 1), Spacing = spacing };
    }

    /// <summary>These steps of a sequence that holds others, these among them: [B, given, C] → [B, Count, C].</summary>
    public Tensor Of(Tensor x, LastSteps given)
    {
        if (this == given)
            return x;
        return Count == 1 ? x.narrow(1, -1, 1) : x.slice(1, x.shape[1] - Span(given.Spacing), x.shape[1], Spacing / given.Spacing);
    }

    // From the first to the last one in steps of so much.
    private long Span(long spacing) => (Count - 1) * (Spacing / spacing) + 1;

    private static long CommonDivisor(long a, long b) => a == 0 ? b : CommonDivisor(b % a, a);
}
