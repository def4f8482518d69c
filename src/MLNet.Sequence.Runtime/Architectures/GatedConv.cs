using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// Gated convolutional network (Dauphin, Fan, Auli and Grangier, arXiv 1612.08083, section 2): every layer is
/// h(X) = (X∗W + b) ⊙ σ(X∗V + c), causal. The network is one such layer of k taps, then residual blocks x + F(x). F has one tap down to the
/// bottleneck, k taps there and one tap back up; without a bottleneck it has two layers of k taps. Nothing follows the sum, so the
/// shortcuts run straight through (pre-activation).
/// Receptive field 1 + (k − 1)(1 + n·Blocks), with n = 1 with a bottleneck and 2 without.
/// Deviates: the same width everywhere, while the paper widens in stages; initial weights by PyTorch's rule, not by Kaiming's; no embedding
/// and no adaptive softmax, which are for words.
/// </summary>
public sealed record GatedConv : Architecture
{
    /// <summary>Channels of the shortcuts and of the output; at least 1. Default 64.</summary>
    public int Channels { get; init; } = 64;

    /// <summary>Residual blocks after the first layer; at least 1. Default 8.</summary>
    public int Blocks { get; init; } = 8;

    /// <summary>Taps of each convolution; at least 2. Default 5.</summary>
    public int KernelSize { get; init; } = 5;

    /// <summary>Channels inside a block, at least 1; null: no bottleneck, two wide layers per block. Default 16.</summary>
    public int? Bottleneck { get; init; } = 16;

    /// <summary>Weight normalisation of all kernels (section 4.3). Default true.</summary>
    public bool WeightNormalized { get; init; } = true;

    /// <inheritdoc/>
    public override Layer Build(int context)
    {
        Sequential[] blocks = [.. Enumerable.Range(0, Blocks).Select(_ => Block())];
        return new Sequential([GatedLayer(Channels, KernelSize), .. blocks.Select(block => new Residual(block))]);
    }

    internal override double LeastWeights => Blocks;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        foreach (string problem in AtLeast(1, Channels, nameof(Channels)))
            yield return problem;
        foreach (string problem in AtLeast(1, Blocks, nameof(Blocks)))
            yield return problem;
        foreach (string problem in AtLeast(2, KernelSize, nameof(KernelSize)))
            yield return problem;
        foreach (string problem in AtLeast(1, Bottleneck ?? 1, nameof(Bottleneck)))
            yield return problem;
        if (1 + (KernelSize - 1.0) * (1 + (Bottleneck is null ? 2.0 : 1) * Blocks) > int.MaxValue)
            yield return $"A {nameof(KernelSize)} of {KernelSize} over {Blocks} {nameof(Blocks)} gives a receptive field of 2^31 steps or more.";
    }

    private Sequential Block() => Bottleneck is { } narrow
        ? new Sequential(GatedLayer(narrow, 1), GatedLayer(narrow, KernelSize), GatedLayer(Channels, 1))
        : new Sequential(GatedLayer(Channels, KernelSize), GatedLayer(Channels, KernelSize));

    // W above V in one kernel: [2 D, C, k]
    private Sequential GatedLayer(int channels, int taps) =>
        new(new CausalConv(2 * channels, taps) { WeightNormalized = WeightNormalized }, new Gated(GateKind.Linear));
}
