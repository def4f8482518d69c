using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// An architecture whose steps are patches: PatchTST (Nie et al., arXiv 2211.14730, section 3.1) around a
/// <see cref="Transformer"/>, SegRNN's encoder (Lin et al., arXiv 2308.11200, section 3.2) around a <see cref="Gru"/> with
/// <see cref="Stride"/> = <see cref="Length"/>. At step t the output is the last one of the inner network, run over the patches
/// P_j = (x_{t−jS−L+1}, …, x_{t−jS}) for j = …, 2, 1, 0, each patch one step of L·C channels; zeros stand before the first step.
/// An inner network that remembers n of its steps sees L + (n − 1)·S inputs, and a recurrent one takes 1/S of the steps from
/// the first input to the last. Causal and steppable as the inner architecture is; a step costs one step of it.
/// Receptive field L + (n − 1)·S, with n that of the inner architecture.
/// Deviates: patches end at every step, not only where the last step of a window would end one, so that the outputs of all
/// steps are defined and no input waits to be seen; a patch holds all channels, where both papers give each channel a pass of
/// its own through the same weights; patches enter the inner network as they are, whose first layer embeds them.
/// </summary>
public sealed record Patched : Architecture
{
    /// <summary>Patches with their default lengths, of the default architecture.</summary>
    public Patched()
    {
    }

    /// <summary>Patches of this length and stride, read by this architecture.</summary>
    /// <param name="inner">What reads the patches.</param>
    /// <param name="length">The number of steps in a patch; at least 1.</param>
    /// <param name="stride">Steps from one patch to the next; at least 1.</param>
    public Patched(Architecture inner, int length, int stride) => (Inner, Length, Stride) = (inner, length, stride);

    /// <summary>
    /// The architecture that reads patches; what fits itself to the context fits itself to the patches that cover it. Default: a <see cref="Gru"/>.
    /// </summary>
    public Architecture Inner { get; init; } = new Gru();

    /// <summary>L, the steps of a patch; at least 1. Default 16, PatchTST's.</summary>
    public int Length { get; init; } = 16;

    /// <summary>S, the steps from one patch to the next; from 1 to <see cref="Length"/>. Default 8, PatchTST's.</summary>
    public int Stride { get; init; } = 8;

    /// <inheritdoc/>
    /// <remarks>Weights: <c>inner.…</c>.</remarks>
    public override Layer Build(int context)
    {
        // The fewest that cover the context.
        long patches = 1 + Math.Max(0, (long)context - Length + Stride - 1) / Stride;
        return new PatchedLayer(Inner.Build((int)patches), Length, Stride);
    }

    internal override double LeastWeights => Inner?.LeastWeights ?? 0;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        string[] problems = [.. Inside(Inner, nameof(Inner)), .. AtLeast(1, Length, nameof(Length)), .. AtLeast(1, Stride, nameof(Stride))];
        foreach (string problem in problems)
            yield return problem;
        if (Length >= 1 && Stride > Length)
            yield return $"{nameof(Stride)} must be at most {nameof(Length)}, {Length}, or steps would be left out; found {Stride}.";
        if (problems.Length == 0 && Inner.Build(1).ReceptiveField is { } field && Length + (field - 1.0) * Stride > int.MaxValue)
            yield return $"{nameof(Length)} {Length} and {nameof(Stride)} {Stride} over a receptive field of {field} patches give one of 2^31 steps or more.";
    }
}
