namespace MLNet.Sequence.Layers;

/// <summary>
/// One layer of minimal long short-term memory, from the zero state: f, i = σ(W x_t + b), h̃ = g(W x_t + b),
/// h_t = f / (f + i) h_{t−1} + i / (f + i) h̃, with g(x) = x + ½ for x ≥ 0 and σ(x) below (Feng et al., arXiv 2410.01201,
/// section 3.2 and appendix B). No gate reads the state, so all steps of a sequence are computed at once in training.
/// Weights are stacked in the order f, i, h̃.
/// </summary>
/// <param name="HiddenSize">Units, each with one state; the channels out; at least 1.</param>
public sealed record MinLstmLayer(int HiddenSize) : Layer
{
    /// <summary>
    /// The initial bias of the forget gate, any finite number; null, the default: drawn like the others. A larger one makes the state last longer.
    /// </summary>
    public double? ForgetBias { get; init; }

    /// <inheritdoc/>
    public override int? ReceptiveField => null;

    internal override bool GoesOnByState(int inputSize) => true;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => HiddenSize;

    /// <inheritdoc/>
    public override IEnumerable<WeightSpec> OwnWeights(int inputSize)
    {
        var uniform = new Initializer.Uniform(1 / Math.Sqrt(inputSize));
        Initializer bias = ForgetBias is { } value ? new Initializer.Blocks([new Initializer.Constant(value), uniform, uniform]) : uniform;
        yield return new WeightSpec("weight", [3 * HiddenSize, inputSize], uniform, Decays: true);
        yield return new WeightSpec("bias", [3 * HiddenSize], bias, Decays: false);
    }

    private protected override IEnumerable<string> OwnProblems(int inputSize) =>
    [
        .. Limits.AtLeast(1, HiddenSize, nameof(HiddenSize)),
        .. Limits.Finite(ForgetBias, nameof(ForgetBias)),
    ];
}
