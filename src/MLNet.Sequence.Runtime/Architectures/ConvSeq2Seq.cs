using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// The convolutional encoder–decoder (Gehring et al., arXiv 1705.03122, section 3). On both sides e = W x + b + p, with a learnt vector p for each
/// position. Encoder: z⁰ = e, z ← (GLU(conv(z)) + z) √½ per layer, with GLU(a, b) = a ⊙ σ(b); its convolutions read the steps on both sides.
/// Decoder: h⁰ = e, y = GLU(conv(h)), h ← ((y + Attention(y)) √½ + h) √½ per layer; its convolutions read the step and those before it, and each
/// layer attends to the source, whose memory is [e; z].
/// Deviates: keys and values are projections of [e; z], not z and z + e; the query is a projection of y, without the target's own vector; scores
/// are divided by √Channels, and the context is not multiplied by √(steps of the source). A convolution around a step is the sum of one that reads
/// backwards and one that reads forwards, which share that step. One width for all layers; weight normalisation of convolutions alone; the
/// encoder's gradient is not divided by the number of attentions; initial weights by PyTorch's rule, except positions.
/// </summary>
public sealed record ConvSeq2Seq : EncoderDecoder
{
    /// <summary>Channels of the residual path and of the output; at least 1. Default 64.</summary>
    public int Channels { get; init; } = 64;

    /// <summary>Layers of the encoder, and of the decoder; at least 1. Default 3.</summary>
    public int Layers { get; init; } = 3;

    /// <summary>k, steps that a convolution reads; odd, at least 1. Default 3.</summary>
    public int KernelSize { get; init; } = 3;

    /// <summary>Weight normalisation of the convolutions' kernels (section 3.5). Default true.</summary>
    public bool WeightNormalized { get; init; } = true;

    /// <summary>Rate of dropout on the vectors with their positions and on the input of each convolution, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <inheritdoc/>
    public override Layer BuildEncoder(int context) => new Sequential(
        Start(context),
        new Branched(
            new Sequential(),
            new Sequential([.. Enumerable.Range(0, Layers).Select(_ => Scaled([.. Dropped, .. Around(), new Gated(GateKind.Linear)]))]))
        { Names = ["start", "layers"] })
    { Names = ["positions", "memory"] };

    /// <inheritdoc/>
    public override Layer Build(int context) => new Sequential(
        Start(context),
        new Sequential([.. Enumerable.Range(0, Layers).Select(_ => Scaled(
        [
            .. Dropped, Conv(KernelSize), new Gated(GateKind.Linear), Scaled(new CrossAttention(1) { MemorySize = 2 * Channels }),
        ]))]))
    { Names = ["positions", "layers"] };

    internal override double LeastWeights => 2.0 * Layers;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        string[] problems =
        [
            .. AtLeast(1, Channels, nameof(Channels)),
            .. AtLeast(1, Layers, nameof(Layers)),
            .. AtLeast(1, KernelSize, nameof(KernelSize)),
            .. DropoutRate(Dropout, nameof(Dropout)),
        ];
        foreach (string problem in problems)
            yield return problem;
        if (KernelSize >= 1 && KernelSize % 2 == 0)
            yield return $"{nameof(KernelSize)} must be odd, so that a step has as many before it as after it; found {KernelSize}.";
        if (Channels > int.MaxValue / 4)
            yield return $"{nameof(Channels)} must be at most {int.MaxValue / 4}; found {Channels}.";
    }

    private Sequential Start(int context) => new([new Dense(Channels), new PositionEmbedding(context), .. Dropped]);

    // Both halves have the step itself: Σ over the steps before it and over those after it.
    private Layer[] Around() =>
    [
        new Branched(Conv((KernelSize + 1) / 2), new Reversed(Conv((KernelSize + 1) / 2))) { Names = ["backward", "forward"] },
        new ChannelSplit(new Sequential(), new Sequential(), 2 * Channels) { Sum = true },
    ];

    private CausalConv Conv(int taps) => new(2 * Channels, taps) { WeightNormalized = WeightNormalized };

    private static Residual Scaled(params Layer[] layers) =>
        new(layers.Length == 1 ? layers[0] : new Sequential(layers)) { Scale = Math.Sqrt(0.5) };

    private Layer[] Dropped => Dropout > 0 ? [new Dropout((float)Dropout)] : [];
}
