using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// Stable simple recurrent layers (Miller and Hardt, "Stable recurrent models", arXiv 1805.10369, sections 2.2 and 4.1): per layer
/// h_t = tanh(W x_t + R h_{t−1} + b) with ‖R‖₂ ≤ λ, so |h_t − h′_t| ≤ λ |h_{t−1} − h′_{t−1}| in the Euclidean norm. The effect of a change
/// k steps ago is at most λᵏ, as <c>SequenceModel.Certificate</c> reports. R is projected after every step of the optimiser.
/// Deviates: two bias vectors per layer, as in PyTorch; their sum is the paper's bias.
/// </summary>
public sealed record StableRnn : Architecture
{
    /// <summary>Units per layer, and channels of the output; at least 1. Default 64.</summary>
    public int HiddenSize { get; init; } = 64;

    /// <summary>Layers on top of each other, each of them stable; at least 1. Default 1.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>λ, the contraction limit, in (0, 1): the nearer to 1, the longer the memory may be. Default .95 (docs/stability.md).</summary>
    public double Lambda { get; init; } = 0.95;

    /// <summary>
    /// How R is projected. Power iteration, the default, scales the whole of R down, which is enough if few steps are remembered. Singular
    /// values move R to the nearest matrix of the set: better if memory matters (docs/stable-training.md), but about 6 % of a training
    /// step at 128 units instead of 2 to 4 %.
    /// </summary>
    public SpectralProjection Projection { get; init; } = SpectralProjection.PowerIteration;

    /// <summary>
    /// The initial values of the recurrent matrices, before they are projected. Default: uniform in ±1/√h, PyTorch's rule. An orthogonal
    /// matrix starts with the longest memory that λ allows: projected by its singular values it is λ times one that keeps lengths.
    /// </summary>
    public RecurrentInitialization Recurrent { get; init; }

    /// <summary>Rate of dropout after every layer, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <inheritdoc/>
    public override Layer Build(int context)
    {
        var layers = new List<Layer>();
        for (int i = 0; i < Layers; i++)
        {
            layers.Add(new RnnLayer(HiddenSize) { Recurrent = Recurrent, Contraction = new Contraction(Lambda) { Projection = Projection } });
            if (Dropout > 0)
                layers.Add(new Dropout((float)Dropout));
        }

        return new Sequential(layers);
    }

    internal override double LeastWeights => Layers;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        foreach (string problem in AtLeast(1, HiddenSize, nameof(HiddenSize)))
            yield return problem;
        foreach (string problem in AtLeast(1, Layers, nameof(Layers)))
            yield return problem;
        foreach (string problem in ContractionLimit(Lambda, nameof(Lambda)))
            yield return problem;
        if (!Enum.IsDefined(Projection))
            yield return $"{nameof(Projection)} must be one of {string.Join(", ", Enum.GetNames<SpectralProjection>())}; found {Projection}.";
        if (!Enum.IsDefined(Recurrent))
            yield return $"{nameof(Recurrent)} must be one of {string.Join(", ", Enum.GetNames<RecurrentInitialization>())}; found {Recurrent}.";
        foreach (string problem in DropoutRate(Dropout, nameof(Dropout)))
            yield return problem;
    }
}
