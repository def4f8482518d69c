using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>How a transformer knows the position of a step in the sequence.</summary>
public enum PositionKind
{
    /// <summary>
    /// Queries and keys are rotated by their position, so attention depends on distances only (Su et al., arXiv 2104.09864): a stream of
    /// any length gives the same result as its last window.
    /// </summary>
    Rotary,

    /// <summary>
    /// Sine and cosine waves are added to the input (Vaswani et al., arXiv 1706.03762, section 3.5): an output depends on where its sequence began.
    /// </summary>
    Sinusoidal,
}

/// <summary>
/// Causal transformer (Vaswani et al., arXiv 1706.03762, the decoder without an encoder): x = W input + b, then per layer
/// x ← x + Attention(LayerNorm(x)), x ← x + V₂ ReLU(V₁ LayerNorm(x)), and a last LayerNorm. A step attends to the last Window steps;
/// stepping keeps only their keys and values.
/// Receptive field 1 + Layers·(Window − 1); each of the first Window steps sees all steps before it.
/// Deviates: normalisation before each part, not after it (Xiong et al., arXiv 2002.04745); rotary positions by default; the paper's added
/// waves are an option, on inputs that are not scaled by √Channels, because W learns that; attention limited to a window; biases on all
/// projections; initial weights by PyTorch's rule for dense layers; dropout on the output of each part, not on the attention weights.
/// </summary>
public sealed record Transformer : Architecture
{
    /// <summary>
    /// Channels of the residual path and of the output; at least 1, divisible by 2·Heads, or by Heads with sinusoidal positions. Default
    /// 64.
    /// </summary>
    public int Channels { get; init; } = 64;

    /// <summary>Layers of attention and feed-forward part; at least 1. Default 2.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Heads of the attention; at least 1. Default 4.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Units inside the feed-forward part; at least 1. Null, the default: four times the channels.</summary>
    public int? FeedForward { get; init; }

    /// <summary>Steps that a step attends to, itself included; at least 1. Null, the default: the context.</summary>
    public int? Window { get; init; }

    /// <summary>How attention knows the position of a step. Default <see cref="PositionKind.Rotary"/>.</summary>
    public PositionKind Positions { get; init; }

    /// <summary>Rate of dropout on the output of each part, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <inheritdoc/>
    public override Layer Build(int context)
    {
        bool rotary = Positions == PositionKind.Rotary;
        var layers = new List<Layer> { new Dense(Channels) };
        if (!rotary)
            layers.Add(new SinusoidalPositions());
        for (int i = 0; i < Layers; i++)
        {
            layers.Add(Part(new CausalAttention(Heads, Window ?? context) { Rotary = rotary }));
            layers.Add(Part(new Dense(FeedForward ?? 4 * Channels), new Activation(ActivationKind.Relu), new Dense(Channels)));
        }

        layers.Add(new LayerNorm());
        return new Sequential(layers);
    }

    internal override Architecture Within(int context) => this with { Window = Window ?? 1 + (context - 1) / Layers };

    internal override double LeastWeights => Layers;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        string[] problems =
        [
            .. AtLeast(1, Channels, nameof(Channels)),
            .. AtLeast(1, Layers, nameof(Layers)),
            .. AtLeast(1, Heads, nameof(Heads)),
            .. AtLeast(1, FeedForward ?? 1, nameof(FeedForward)),
            .. AtLeast(1, Window ?? 1, nameof(Window)),
            .. Limits.Defined(Positions, nameof(Positions)),
            .. DropoutRate(Dropout, nameof(Dropout)),
        ];
        foreach (string problem in problems)
            yield return problem;
        (string times, long factor) = Positions == PositionKind.Rotary ? ("two times ", 2L) : ("", 1L);
        if (Channels >= 1 && Heads >= 1 && Channels % (factor * Heads) != 0)
            yield return $"{nameof(Channels)} must be divisible by {times}{nameof(Heads)}, {factor * Heads}; found {Channels}.";
        if (FeedForward is null && Channels > int.MaxValue / 4)
            yield return $"{nameof(Channels)} must be at most {int.MaxValue / 4} unless {nameof(FeedForward)} is given; found {Channels}.";
        if (1 + Layers * ((Window ?? 1) - 1.0) > int.MaxValue)
            yield return $"A {nameof(Window)} of {Window} over {Layers} {nameof(Layers)} gives a receptive field of 2^31 steps or more.";
    }

    private Residual Part(params Layer[] layers) =>
        new(new Sequential([new LayerNorm(), .. layers, .. Dropout > 0 ? new Layer[] { new Dropout((float)Dropout) } : []]));
}
