using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// Stacked long short-term memory (Sak, Senior and Beaufays, arXiv 1402.1128, section 2.1, without peepholes and projection;
/// dropout as in Zaremba, Sutskever and Vinyals, arXiv 1409.2329, section 3.2): per layer i, f, o = σ(W x_t + R h_{t−1} + b), g = tanh(W x_t + R h_{t−1} + b),
/// c_t = f c_{t−1} + i g, h_t = o tanh(c_t); dropout on the connections between layers, and optionally on the recurrent ones, h_{t−1} into
/// the gates (Gal and Ghahramani, arXiv 1512.05287, section 4).
/// Deviates: two bias vectors per layer, as in PyTorch; their sum is the paper's bias.
/// </summary>
public sealed record Lstm : Architecture
{
    /// <summary>Units per layer, and channels of the output; at least 1. Default 64.</summary>
    public int HiddenSize { get; init; } = 64;

    /// <summary>Layers on top of each other; at least 1. Default 1.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Rate of dropout after every layer, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>
    /// Rate of dropout of h_{t−1} on its way into the gates, in [0, 1). Default 0. Above it training is slower, because libtorch's own LSTM
    /// does not support it.
    /// </summary>
    public double RecurrentDropout { get; init; }

    /// <summary>
    /// Whether all steps of a sequence share the same masks, those of <see cref="Dropout"/> and of <see cref="RecurrentDropout"/>:
    /// variational dropout (Gal and Ghahramani). If training cuts sequences into chunks, the steps of a chunk share them. Default false:
    /// new masks are drawn at each step. The first layer's input is not dropped.
    /// </summary>
    public bool Variational { get; init; }

    /// <summary>
    /// The initial bias of the forget gate, any finite number; null: drawn like the other biases. Default 1
    /// (Jozefowicz, Zaremba and Sutskever 2015, section 2.3).
    /// </summary>
    public double? ForgetBias { get; init; } = 1;

    /// <inheritdoc/>
    public override Layer Build(int context)
    {
        var layers = new List<Layer>();
        for (int i = 0; i < Layers; i++)
        {
            layers.Add(new LstmLayer(HiddenSize) { ForgetBias = ForgetBias, RecurrentDropout = (float)RecurrentDropout, Variational = Variational });
            if (Dropout > 0)
                layers.Add(new Dropout((float)Dropout) { Variational = Variational });
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
        .. DropoutRate(RecurrentDropout, nameof(RecurrentDropout)),
        .. Finite(ForgetBias, nameof(ForgetBias)),
    ];
}
