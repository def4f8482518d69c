using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// Stable long short-term memory (Miller and Hardt, "Stable recurrent models", arXiv 1805.10369, sections 2.2 and 4.1): per layer
/// i, f, o = σ(W x_t + R h_{t−1} + b), g = tanh(W x_t + R h_{t−1} + b), c_t = f c_{t−1} + i g, h_t = o tanh(c_t), with inputs |x| ≤ B and
/// with l1 norms of the recurrent rows so small that (h, c) contracts by λ per step in the max norm. For every unit F + (‖R_i‖ + ‖R_o‖) / 4
/// + ‖R_g‖ + ‖R_f‖ / (4 (1 − F)) ≤ λ, F = σ(‖R_f‖ + B ‖W_f‖ + b_f). The weights are projected after every step of the optimiser.
/// Deviates: the condition is for each unit and for one step, while the paper's proposition 2 bounds whole matrices and contracts after
/// several steps; inputs are clamped to ±B, while the paper bounds its embeddings; two bias vectors per layer, as in PyTorch.
/// </summary>
public sealed record StableLstm : Architecture
{
    /// <summary>Units per layer, and channels of the output; at least 1. Default 64.</summary>
    public int HiddenSize { get; init; } = 64;

    /// <summary>Layers on top of each other, each of them stable; at least 1. Default 1.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>λ, the contraction limit, in (0, 1): the nearer to 1, the longer the memory may be. Default .95 (docs/stability.md).</summary>
    public double Lambda { get; init; } = 0.95;

    /// <summary>
    /// B: inputs beyond ±B count as ±B. Above 0. Default 4, for standardised inputs; 1 for inputs of 0 and 1. A smaller one leaves
    /// more room for the weights.
    /// </summary>
    public double InputBound { get; init; } = 4;

    /// <summary>Rate of dropout after every layer, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <inheritdoc/>
    public override Layer Build(int context)
    {
        var layers = new List<Layer> { new Clamp(InputBound) };
        for (int i = 0; i < Layers; i++)
        {
            // The outputs that a layer passes on are within ±1.
            layers.Add(new LstmLayer(HiddenSize) { ForgetBias = 1, Contraction = new Contraction(Lambda) { InputBound = i == 0 ? InputBound : 1 } });
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
        .. ContractionLimit(Lambda, nameof(Lambda)),
        .. Positive(InputBound, nameof(InputBound)),
        .. DropoutRate(Dropout, nameof(Dropout)),
    ];
}
