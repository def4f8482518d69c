using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// An architecture that reads patches as its steps: PatchTST (Nie et al., arXiv 2211.14730, section 3.1) around a
/// <see cref="Transformer"/>, SegRNN's encoder (Lin et al., arXiv 2308.11200, section 3.2) around a <see cref="Gru"/> with <see cref="Stride"/>
/// = <see cref="Length"/>. The output at step t is the last output of the inner network over the patches P_j = (x_{t−jS−L+1}, …, x_{t−jS})
/// for j = …, 2, 1, 0. Each patch is one step of L·C channels; zeros precede the first step. An inner network that remembers n of its steps
/// sees L + (n − 1)·S inputs. A recurrent one takes 1/S of the steps from the first input to the last. Causal and steppable if the inner
/// architecture is; a step costs one step of the inner network.
/// Receptive field L + (n − 1)·S, with n that of the inner architecture.
/// Deviates: a patch ends at every step, not only at the steps where the patches of one window end, so the outputs of all steps are defined
/// and no input has to wait; a patch holds all channels, while both papers pass each channel separately through the same weights; patches
/// enter the inner network unchanged, and its first layer embeds them.
/// </summary>
public sealed record Patched : Architecture
{
    /// <summary>Patches with their default lengths, of the default architecture.</summary>
    public Patched()
    {
    }

    /// <summary>Patches of this length and stride, read by this architecture.</summary>
    /// <param name="inner">The architecture that reads the patches.</param>
    /// <param name="length">The number of steps in a patch; at least 1.</param>
    /// <param name="stride">Steps from one patch to the next; at least 1.</param>
    public Patched(Architecture inner, int length, int stride) => (Inner, Length, Stride) = (inner, length, stride);

    /// <summary>
    /// The architecture that reads patches. If it adapts to the context, it adapts to the patches that cover the context. Default: a
    /// <see cref="Gru"/>.
    /// </summary>
    public Architecture Inner { get; init; } = new Gru();

    /// <summary>L, the number of steps in a patch; at least 1. Default 16, PatchTST's.</summary>
    public int Length { get; init; } = 16;

    /// <summary>S, the steps from one patch to the next; from 1 to <see cref="Length"/>. Default 8, PatchTST's.</summary>
    public int Stride { get; init; } = 8;

    /// <inheritdoc/>
    /// <remarks>Weights: <c>inner.…</c>.</remarks>
    public override Layer Build(int context)
    {
        // The smallest number that covers the context.
        long patches = 1 + Math.Max(0, (long)context - Length + Stride - 1) / Stride;
        return new PatchedLayer(Inner.Build((int)patches), Length, Stride);
    }

    internal override Architecture Within(int context) => this with { Inner = Inner.Within(1 + Math.Max(0, context - Length) / Stride) };

    internal override int LastConditions => Inner?.LastConditions ?? 0;

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
