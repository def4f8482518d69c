namespace MLNet.Sequence.Layers;

/// <summary>
/// One simple recurrent layer, from the zero state: h_t = φ(W x_t + b + R h_{t−1} + r), with φ = tanh or ReLU
/// (Elman 1990). Two biases, as in PyTorch.
/// </summary>
/// <param name="HiddenSize">Units, each with one state; the channels out; at least 1.</param>
public sealed record RnnLayer(int HiddenSize) : Layer
{
    /// <summary>φ, the activation function: <see cref="ActivationKind.Tanh"/>, the default, or <see cref="ActivationKind.Relu"/>.</summary>
    public ActivationKind Activation { get; init; } = ActivationKind.Tanh;

    /// <summary>The initial values of R. Default: uniform.</summary>
    public RecurrentInitialization Recurrent { get; init; }

    /// <summary>The constraint that keeps the layer stable during training; null, the default: none.</summary>
    public Contraction? Contraction { get; init; }

    /// <inheritdoc/>
    public override int? ReceptiveField => null;

    internal override bool GoesOnByState(int inputSize) => true;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => HiddenSize;

    /// <inheritdoc/>
    public override IEnumerable<WeightSpec> OwnWeights(int inputSize)
    {
        var uniform = new Initializer.Uniform(1 / Math.Sqrt(HiddenSize));
        Initializer recurrent = Recurrent switch
        {
            RecurrentInitialization.Orthogonal => new Initializer.Orthogonal(),
            RecurrentInitialization.Identity => new Initializer.Identity(),
            _ => uniform,
        };
        Initializer bias = Recurrent == RecurrentInitialization.Identity ? new Initializer.Constant(0) : uniform;
        yield return new WeightSpec("weight_ih", [HiddenSize, inputSize], uniform, Decays: true);
        yield return new WeightSpec("weight_hh", [HiddenSize, HiddenSize], recurrent, Decays: true);
        yield return new WeightSpec("bias_ih", [HiddenSize], bias, Decays: false);
        yield return new WeightSpec("bias_hh", [HiddenSize], bias, Decays: false);
    }

    private protected override IEnumerable<string> OwnProblems(int inputSize)
    {
        foreach (string problem in Limits.AtLeast(1, HiddenSize, nameof(HiddenSize)).Concat(Limits.Defined(Recurrent, nameof(Recurrent)))
            .Concat(Contraction?.Problems() ?? []))
            yield return problem;
        if (Activation is not (ActivationKind.Tanh or ActivationKind.Relu))
            yield return $"{nameof(Activation)} must be {ActivationKind.Tanh} or {ActivationKind.Relu}; found {Activation}.";
    }
}
