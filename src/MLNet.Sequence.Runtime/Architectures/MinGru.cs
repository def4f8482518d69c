using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// Stacked minimal gated recurrent units (Feng et al., "Were RNNs all we needed?", arXiv 2410.01201, section 3.1): per layer
/// z = σ(W x_t + b), h̃ = g(W x_t + b), h_t = (1 − z) h_{t−1} + z h̃, with g(x) = x + ½ for x ≥ 0 and σ(x) below, as in the
/// paper's log-space version (appendix B); dropout on the connections between layers.
/// Deviates: the state starts from 0; training runs a scan of h = a h + b itself, not of its logarithms, which gives the same
/// values with less rounding; only the layers, without the convolutions and MLPs of the paper's language models.
/// </summary>
public sealed record MinGru : Architecture
{
    /// <summary>Units per layer, and channels of the output; at least 1. Default 64.</summary>
    public int HiddenSize { get; init; } = 64;

    /// <summary>Layers on top of each other; at least 1. Default 2: the gates of a single layer see only the present input.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Rate of dropout after every layer, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <inheritdoc/>
    public override Layer Build(int context)
    {
        var layers = new List<Layer>();
        for (int i = 0; i < Layers; i++)
        {
            layers.Add(new MinGruLayer(HiddenSize));
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
