using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// Stacked gated recurrent units with diagonal recurrent matrices (ParaGRU: Danieli et al., "ParaRNN: unlocking parallel training of
/// nonlinear RNNs for large language models", arXiv 2510.21450): per layer z, r = σ(W x_t + b + a ⊙ h_{t−1}),
/// n = tanh(W x_t + b + a ⊙ (r ⊙ h_{t−1})), h_t = (1 − z) h_{t−1} + z n; dropout on the connections between layers. The gates read the
/// state, unlike those of <see cref="MinGru"/>, but a unit only its own: no matrix product is left between one step and the next.
/// Deviates: W is a full matrix, not block-diagonal in heads; initial values are uniform; only the layers, without the convolutions and MLPs of
/// the paper's language models; on a CPU training runs step by step in one pass over memory, which is faster there than the paper's
/// parallel Newton iterations and gives the same values.
/// </summary>
public sealed record ParaGru : Architecture
{
    /// <summary>Units per layer, and channels of the output; at least 1. Default 64.</summary>
    public int HiddenSize { get; init; } = 64;

    /// <summary>Layers on top of each other; at least 1. Default 2: in a single layer no unit reads the state of another.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Rate of dropout after every layer, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <inheritdoc/>
    public override Layer Build(int context)
    {
        var layers = new List<Layer>();
        for (int i = 0; i < Layers; i++)
        {
            layers.Add(new ParaGruLayer(HiddenSize));
            if (Dropout > 0)
                layers.Add(new Dropout((float)Dropout));
        }

        return new Sequential(layers);
    }

    internal override double LeastWeights => Layers;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems() =>
    [
        .. AtLeast(1, HiddenSize, nameof(HiddenSize)),
        .. AtLeast(1, Layers, nameof(Layers)),
        .. DropoutRate(Dropout, nameof(Dropout)),
    ];
}
