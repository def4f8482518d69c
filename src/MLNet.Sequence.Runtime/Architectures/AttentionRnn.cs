using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// A recurrent encoder–decoder that learns to align (Bahdanau et al., arXiv 1409.0473, appendix A). Encoder: h_j = [→h_j; ←h_j] of gated
/// recurrent units that read the source from both ends. Decoder: before each step, e_{tj} = v · tanh(A s_{t−1} + U h_j + u), a_t =
/// softmax_j(e_{tj}), c_t = Σ_j a_{tj} h_j; s_t = GRU([y_{t−1}; c_t], s_{t−1}), s_0 = tanh(S h_1 + s); output tanh(O [s_t; c_t] + o).
/// Deviates: PyTorch's gated recurrent units, whose reset gate multiplies the product; s_0 reads both directions of h_1; the output is read
/// from s_t by tanh, not from s_{t−1} and y_{t−1} by a maximum of two; initial weights by PyTorch's rule, not orthogonal; an encoder of LSTM
/// layers, and dropout on the outputs of encoder and decoder, are options.
/// </summary>
public sealed record AttentionRnn : EncoderDecoder
{
    /// <summary>Units of the encoder in each direction, and of the decoder; at least 1. Default 64.</summary>
    public int HiddenSize { get; init; } = 64;

    /// <summary>Channels of v, in which states and steps of the source are compared; at least 1. Null, the default: HiddenSize.</summary>
    public int? AttentionSize { get; init; }

    /// <summary>Layers of the encoder, each in both directions; at least 1. Default 1, as in the paper.</summary>
    public int EncoderLayers { get; init; } = 1;

    /// <summary>Whether the encoder has LSTM layers. Default false: gated recurrent units.</summary>
    public bool LstmEncoder { get; init; }

    /// <summary>Rate of dropout on the outputs of the encoder's layers and of the decoder, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <inheritdoc/>
    public override Layer BuildEncoder(int context) => new Sequential(
        [.. Enumerable.Range(0, EncoderLayers).SelectMany(_ => new Layer[]
        {
            new Branched(Cell(), new Reversed(Cell())) { Names = ["forward", "backward"] },
        }.Concat(Dropped))]);

    /// <inheritdoc/>
    public override Layer Build(int context) => new Sequential(
    [
        new AttentionGru(HiddenSize) { AttentionSize = AttentionSize, MemorySize = 2 * HiddenSize },
        new Dense(HiddenSize),
        new Activation(ActivationKind.Tanh),
        .. Dropped,
    ]);

    internal override double LeastWeights => EncoderLayers;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems() =>
    [
        .. AtLeast(1, HiddenSize, nameof(HiddenSize)),
        .. AtLeast(1, AttentionSize ?? 1, nameof(AttentionSize)),
        .. AtLeast(1, EncoderLayers, nameof(EncoderLayers)),
        .. DropoutRate(Dropout, nameof(Dropout)),
    ];

    private Layer Cell() => LstmEncoder ? new LstmLayer(HiddenSize) : new GruLayer(HiddenSize);

    private Layer[] Dropped => Dropout > 0 ? [new Dropout((float)Dropout)] : [];
}
