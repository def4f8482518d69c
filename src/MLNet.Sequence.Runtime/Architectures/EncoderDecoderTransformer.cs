using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// The transformer for pairs of sequences (Vaswani et al., arXiv 1706.03762, section 3). Encoder: x = W source + b + waves, then per layer
/// x ← x + Attention(x), x ← x + V₂ ReLU(V₁ x), where a step attends to all steps. Decoder: the same on the target so far, where a step
/// attends to itself and the steps before it, and between the two parts x ← x + Attention(x, encoder's output). Each part is normalised
/// (<see cref="PostNormalization"/>).
/// Deviates: normalisation before each part, and a last LayerNorm, by default (Xiong et al., arXiv 2002.04745; the paper's is an option);
/// a dense layer on the vectors of the tokens, so that their size is free; biases on all projections; initial weights by PyTorch's rule for
/// dense layers; dropout on the sums with waves and on the output of each part, not on the attention weights.
/// </summary>
public sealed record EncoderDecoderTransformer : EncoderDecoder
{
    /// <summary>Channels of the residual path and of the output; at least 1, divisible by Heads. Default 64.</summary>
    public int Channels { get; init; } = 64;

    /// <summary>Layers of the encoder, and of the decoder; at least 1. Default 2.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Heads of each attention; at least 1. Default 4.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Units inside a feed-forward part; at least 1. Null, the default: four times the channels.</summary>
    public int? FeedForward { get; init; }

    /// <summary>Whether each sum is normalised after its part, LayerNorm(x + part(x)), as in the paper. Default false: x + part(LayerNorm(x)).</summary>
    public bool PostNormalization { get; init; }

    /// <summary>
    /// Whether positions are rotations of queries and keys in the attention to a side's own steps (Su et al., arXiv 2104.09864), instead of waves that
    /// are added to the vectors; each head then has an even number of channels. Default false.
    /// </summary>
    public bool Rotary { get; init; }

    /// <summary>Rate of dropout on the sums with waves and on the output of each part, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <inheritdoc/>
    public override Layer BuildEncoder(int context) => Stack(() => [Part(new CrossAttention(Heads) { Rotary = Rotary }), FeedForwardPart()]);

    /// <inheritdoc/>
    public override Layer Build(int context) => Stack(() =>
    [
        Part(new CausalAttention(Heads, context) { Rotary = Rotary }),
        Part(new CrossAttention(Heads) { MemorySize = Channels }),
        FeedForwardPart(),
    ]);

    internal override double LeastWeights => 2.0 * Layers;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        string[] problems =
        [
            .. AtLeast(1, Channels, nameof(Channels)),
            .. AtLeast(1, Layers, nameof(Layers)),
            .. AtLeast(1, Heads, nameof(Heads)),
            .. AtLeast(1, FeedForward ?? 1, nameof(FeedForward)),
            .. DropoutRate(Dropout, nameof(Dropout)),
        ];
        foreach (string problem in problems)
            yield return problem;
        if (Channels >= 1 && Heads >= 1 && Channels % Heads != 0)
            yield return $"{nameof(Channels)} must be divisible by {nameof(Heads)}, {Heads}; found {Channels}.";
        else if (Rotary && Heads >= 1 && Channels % (2L * Heads) != 0)
            yield return $"{nameof(Channels)} must be divisible by two times {nameof(Heads)}, {Heads}, with {nameof(Rotary)}; found {Channels}.";
        if (FeedForward is null && Channels > int.MaxValue / 4)
            yield return $"{nameof(Channels)} must be at most {int.MaxValue / 4} unless {nameof(FeedForward)} is given; found {Channels}.";
    }

    private Sequential Stack(Func<Layer[]> parts) => new(
    [
        new Dense(Channels),
        .. Rotary ? Array.Empty<Layer>() : [new SinusoidalPositions()],
        .. Dropped,
        .. Enumerable.Range(0, Layers).SelectMany(_ => parts()),
        .. PostNormalization ? Array.Empty<Layer>() : [new LayerNorm()],
    ]);

    private Layer FeedForwardPart() => Part(new Dense(FeedForward ?? 4 * Channels), new Activation(ActivationKind.Relu), new Dense(Channels));

    private Layer Part(params Layer[] layers) => PostNormalization
        ? new Sequential(new Residual(new Sequential([.. layers, .. Dropped])), new LayerNorm())
        : new Residual(new Sequential([new LayerNorm(), .. layers, .. Dropped]));

    private Layer[] Dropped => Dropout > 0 ? [new Dropout((float)Dropout)] : [];
}
