using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// Stacked simple recurrent layers (Elman 1990, "Finding structure in time"; Pascanu, Mikolov and Bengio, arXiv 1211.5063,
/// equation 2, on why long memory is hard for them): per layer h_t = φ(W x_t + R h_{t−1} + b), φ = tanh or ReLU; dropout on
/// the connections between layers, none on the recurrent ones.
/// Deviates: φ is applied to the sum, as in PyTorch, not to h_{t−1} before the product as in equation 2; two bias vectors
/// per layer; their sum is the paper's bias.
/// </summary>
public sealed record Rnn : Architecture
{
    /// <summary>Units per layer, and channels of the output; at least 1. Default 64.</summary>
    public int HiddenSize { get; init; } = 64;

    /// <summary>Layers on top of each other; at least 1. Default 1.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>φ, the activation function: <see cref="ActivationKind.Tanh"/>, the default, or <see cref="ActivationKind.Relu"/>.</summary>
    public ActivationKind Activation { get; init; } = ActivationKind.Tanh;

    /// <summary>The initial values of the recurrent matrices. Default: uniform in ±1/√h, PyTorch's rule.</summary>
    public RecurrentInitialization Recurrent { get; init; }

    /// <summary>Rate of dropout after every layer, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <inheritdoc/>
    public override Layer Build(int context)
    {
        var layers = new List<Layer>();
        for (int i = 0; i < Layers; i++)
        {
            layers.Add(new RnnLayer(HiddenSize) { Activation = Activation, Recurrent = Recurrent });
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
        if (Activation is not (ActivationKind.Tanh or ActivationKind.Relu))
            yield return $"{nameof(Activation)} must be {ActivationKind.Tanh} or {ActivationKind.Relu}; found {Activation}.";
        if (!Enum.IsDefined(Recurrent))
            yield return $"{nameof(Recurrent)} must be one of {string.Join(", ", Enum.GetNames<RecurrentInitialization>())}; found {Recurrent}.";
        foreach (string problem in DropoutRate(Dropout, nameof(Dropout)))
            yield return problem;
    }
}
