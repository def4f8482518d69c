namespace MLNet.Sequence.Layers;

/// <summary>
/// One layer of long short-term memory, from the zero state:
/// i, f, o = σ(W x_t + b + R h_{t−1} + r), g = tanh(W x_t + b + R h_{t−1} + r), c_t = f c_{t−1} + i g, h_t = o tanh(c_t).
/// Weights are stacked in PyTorch's order i, f, g, o, with PyTorch's two biases.
/// </summary>
/// <param name="HiddenSize">Units, each with a state and a cell; the channels out; at least 1.</param>
public sealed record LstmLayer(int HiddenSize) : Layer
{
    /// <summary>
    /// The initial bias b of the forget gate, any finite number; null, the default: drawn like the others, PyTorch's rule. 1 makes the
    /// state last longer from the start (Jozefowicz et al. 2015, section 2.3).
    /// </summary>
    public double? ForgetBias { get; init; }

    /// <summary>The constraint that keeps the layer stable during training; null, the default: none.</summary>
    public Contraction? Contraction { get; init; }

    /// <summary>
    /// Rate at which values of h_{t−1} are dropped on their way into the gates in training, in [0, 1). Default 0. Above it training uses a
    /// step-by-step LSTM instead of libtorch's own, and is slower.
    /// </summary>
    public double RecurrentDropout { get; init; }

    /// <summary>
    /// Whether the same values of h are dropped at all steps of a sequence (Gal and Ghahramani, arXiv 1512.05287, section 4), with one mask
    /// for all four gates; otherwise a new mask is drawn at each step. Default false.
    /// </summary>
    public bool Variational { get; init; }

    /// <inheritdoc/>
    public override int? ReceptiveField => null;

    internal override bool GoesOnByState(int inputSize) => true;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => HiddenSize;

    /// <inheritdoc/>
    public override IEnumerable<WeightSpec> OwnWeights(int inputSize)
    {
        var uniform = new Initializer.Uniform(1 / Math.Sqrt(HiddenSize));
        yield return new WeightSpec("weight_ih", [4 * HiddenSize, inputSize], uniform, Decays: true);
        yield return new WeightSpec("weight_hh", [4 * HiddenSize, HiddenSize], uniform, Decays: true);
        yield return new WeightSpec("bias_ih", [4 * HiddenSize], Bias(uniform, ForgetBias), Decays: false);
        yield return new WeightSpec("bias_hh", [4 * HiddenSize], Bias(uniform, ForgetBias is null ? null : 0), Decays: false);
    }

    private static Initializer Bias(Initializer others, double? forget) => forget is { } value
        ? new Initializer.Blocks([others, new Initializer.Constant(value), others, others])
        : others;

    private protected override IEnumerable<string> OwnProblems(int inputSize) =>
    [
        .. Limits.AtLeast(1, HiddenSize, nameof(HiddenSize)),
        .. Limits.Finite(ForgetBias, nameof(ForgetBias)),
        .. Limits.Rate(RecurrentDropout, nameof(RecurrentDropout)), .. Contraction?.Problems() ?? [],
    ];
}
