using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// Stacked long short-term memory with diagonal recurrent matrices (ParaLSTM: Danieli et al., "ParaRNN: unlocking parallel training of
/// nonlinear RNNs for large language models", arXiv 2510.21450), with peepholes p and one gate for both forgetting and input
/// (Greff et al., arXiv 1503.04069, CIFG): per layer f = σ(W x_t + b + a ⊙ h_{t−1} + p ⊙ c_{t−1}), n = tanh(W x_t + b + a ⊙ h_{t−1}),
/// c_t = f c_{t−1} + (1 − f) n, o = σ(W x_t + b + a ⊙ h_{t−1} + p ⊙ c_t), h_t = o tanh(c_t); dropout on the connections between layers. The
/// gates read the state, unlike those of <see cref="MinLstm"/>, but a unit only its own: no matrix product is left between one step and the
/// next.
/// Deviates: W is a full matrix, not block-diagonal in heads; initial values are uniform, and the bias of the forget gate is 1; only the layers,
/// without the convolutions and MLPs of the paper's language models; on a CPU training runs step by step in one pass over memory, which is
/// faster there than the paper's parallel Newton iterations and gives the same values.
/// </summary>
public sealed record ParaLstm : Architecture
{
    /// <summary>Units per layer, and channels of the output; at least 1. Default 64.</summary>
    public int HiddenSize { get; init; } = 64;

    /// <summary>Layers on top of each other; at least 1. Default 2: in a single layer no unit reads the state of another.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>
    /// The initial bias of the forget gate, any finite number; null: drawn like the other biases. Default 1, as of <see cref="Lstm"/>.
    /// </summary>
    public double? ForgetBias { get; init; } = 1;

    /// <summary>Rate of dropout after every layer, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <inheritdoc/>
    public override Layer Build(int context)
    {
        var layers = new List<Layer>();
        for (int i = 0; i < Layers; i++)
        {
            layers.Add(new ParaLstmLayer(HiddenSize) { ForgetBias = ForgetBias });
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
        .. Finite(ForgetBias, nameof(ForgetBias)),
        .. DropoutRate(Dropout, nameof(Dropout)),
    ];
}
