using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// The recurrent encoder–decoder of Google's translation system (Wu et al., arXiv 1609.08144, sections 3.1 to 3.3), of any size. Encoder: an LSTM
/// layer in both directions, one LSTM layer on both, then LSTM layers with residual connections, x ← x + LSTM(x). Decoder: the first layer attends
/// to the encoder's output inside its loop, with the state of its last step, by a feed-forward network with one hidden layer; the context c_t goes
/// into it and into all further layers, h ← h + LSTM([h; c]).
/// Deviates: the first layer of the decoder is the gated recurrent unit of <see cref="AttentionRnn"/>, whose first state is read from the source, not
/// an LSTM from zeros; residual connections of the decoder start at the second layer, not at the third; the output reads [h; c]; fewer layers and
/// units by default; initial weights by PyTorch's rule, not uniform in ±0.04. Without the paper's word pieces, quantisation and refinement by
/// reinforcement. Length and coverage penalty are options of <see cref="SequenceSearch"/>.
/// </summary>
public sealed record Gnmt : EncoderDecoder
{
    /// <summary>Units of each layer, in each direction of the first one; at least 1. Default 64 (the paper has 1024).</summary>
    public int HiddenSize { get; init; } = 64;

    /// <summary>Layers of the encoder, the one in both directions included, and of the decoder; at least 1. Default 3 (the paper has 8).</summary>
    public int Layers { get; init; } = 3;

    /// <summary>Units of the attention's hidden layer; at least 1. Null, the default: HiddenSize.</summary>
    public int? AttentionSize { get; init; }

    /// <summary>Rate of dropout on the input of each layer after the first, and on the outputs of encoder and decoder, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <inheritdoc/>
    public override Layer BuildEncoder(int context) => new Sequential(
    [
        new Branched(Cell(), new Reversed(Cell())) { Names = ["forward", "backward"] },
        .. Enumerable.Range(1, Layers - 1).Select<int, Layer>(layer => layer == 1 ? new Sequential([.. Dropped, Cell()]) : Further(conditions: 0)),
        .. Dropped,
    ]);

    /// <inheritdoc/>
    public override Layer Build(int context) => new Sequential(
    [
        new AttentionGru(HiddenSize) { AttentionSize = AttentionSize, MemorySize = MemorySize },
        .. Enumerable.Range(1, Layers - 1).Select(_ => Further(conditions: MemorySize)),
        .. Dropped,
    ]);

    internal override double LeastWeights => 2.0 * Layers;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        string[] problems =
        [
            .. AtLeast(1, HiddenSize, nameof(HiddenSize)),
            .. AtLeast(1, Layers, nameof(Layers)),
            .. AtLeast(1, AttentionSize ?? 1, nameof(AttentionSize)),
            .. DropoutRate(Dropout, nameof(Dropout)),
        ];
        foreach (string problem in problems)
            yield return problem;
        if (HiddenSize > int.MaxValue / 4)
            yield return $"{nameof(HiddenSize)} must be at most {int.MaxValue / 4}; found {HiddenSize}.";
    }

    // The first layer alone gives both directions.
    private int MemorySize => Layers == 1 ? 2 * HiddenSize : HiddenSize;

    private Residual Further(int conditions) => new(new Sequential([.. Dropped, Cell()])) { Conditions = conditions };

    private LstmLayer Cell() => new(HiddenSize);

    private Layer[] Dropped => Dropout > 0 ? [new Dropout((float)Dropout)] : [];
}
