using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// Stable gated recurrent units: the layers of <see cref="Gru"/>, with inputs |x| ≤ B and with l1 norms of the recurrent rows so small that
/// h contracts by λ per step in the max norm. For every unit Z + (1 − Z) N + ‖R_z‖ / 2 ≤ λ with N = ‖R_n‖ + ‖R_r‖ (‖R_n‖ + |b′_n|) / 4 and
/// Z = σ(‖R_z‖ + B ‖W_z‖ + b_z). The weights are projected after every step of the optimiser. After Miller and Hardt, "Stable recurrent
/// models", arXiv 1805.10369, which treats only simple recurrent layers and LSTMs. The condition is derived in docs/stability.md.
/// Deviates: inputs are clamped to ±B; otherwise like <see cref="Gru"/>.
/// </summary>
public sealed record StableGru : Architecture
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
            layers.Add(new GruLayer(HiddenSize) { Contraction = new Contraction(Lambda) { InputBound = i == 0 ? InputBound : 1 } });
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
