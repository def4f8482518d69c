namespace MLNet.Sequence.Layers;

/// <summary>
/// Layer normalisation (Ba, Kiros and Hinton, arXiv 1607.06450, section 3): at every step
/// y = g ⊙ (x − μ) / √(σ² + <see cref="Epsilon"/>) + b, with mean and variance over the channels, [B, T, C] to [B, T, C].
/// </summary>
public sealed record LayerNorm : Layer
{
    /// <summary>Added to the variance, so that a step of equal channels is divided by √Epsilon, not by 0.</summary>
    public const double Epsilon = 1e-5;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;

    /// <inheritdoc/>
    public override IEnumerable<WeightSpec> OwnWeights(int inputSize) =>
    [
        new WeightSpec("weight", [inputSize], new Initializer.Constant(1), Decays: false),
        new WeightSpec("bias", [inputSize], new Initializer.Constant(0), Decays: false),
    ];
}
