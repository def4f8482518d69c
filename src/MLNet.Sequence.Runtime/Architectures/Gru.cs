using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// Stacked gated recurrent units (Cho et al., arXiv 1406.1078, section 2.3): per layer r, z = σ(W x_t + R h_{t−1} + b),
/// n = tanh(W x_t + b + r (R h_{t−1} + b′)), h_t = (1 − z) n + z h_{t−1}; dropout on the connections between layers, none on
/// the recurrent ones.
/// Deviates: the reset gate r is applied after the product with R, as in PyTorch and cuDNN, not before it as in equation 8 (R (r h_{t−1})),
/// so one product serves all gates; biases, which the paper does not write.
/// </summary>
public sealed record Gru : Architecture
{
    /// <summary>Units per layer, and channels of the output; at least 1. Default 64.</summary>
    public int HiddenSize { get; init; } = 64;

    /// <summary>Layers on top of each other; at least 1. Default 1.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Rate of dropout after every layer, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <inheritdoc/>
    public override Layer Build(int context)
    {
        var layers = new List<Layer>();
        for (int i = 0; i < Layers; i++)
        {
            layers.Add(new GruLayer(HiddenSize));
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
