namespace MLNet.Sequence.Layers;

/// <summary>
/// One layer of long short-term memory whose recurrent matrices are diagonal, with peepholes p and one gate for both forgetting and input,
/// from the zero state: f = σ(W x_t + b + a ⊙ h_{t−1} + p ⊙ c_{t−1}), n = tanh(W x_t + b + a ⊙ h_{t−1}), c_t = f c_{t−1} + (1 − f) n,
/// o = σ(W x_t + b + a ⊙ h_{t−1} + p ⊙ c_t), h_t = o tanh(c_t) (Danieli et al., arXiv 2510.21450, ParaLSTM).
/// Weights are stacked in the order f, o, n; peepholes in the order f, o.
/// </summary>
/// <param name="HiddenSize">Units, each with a state and a cell; the channels out; at least 1.</param>
public sealed record ParaLstmLayer(int HiddenSize) : Layer
{
    /// <summary>
    /// The initial bias of the forget gate, any finite number; null, the default: drawn like the others. A larger one makes the state last
    /// longer.
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
        yield return new WeightSpec("recurrent", [3 * HiddenSize], new Initializer.Uniform(1), Decays: false);
        yield return new WeightSpec("peephole", [2 * HiddenSize], new Initializer.Uniform(1), Decays: false);
    }

    private protected override IEnumerable<string> OwnProblems(int inputSize) =>
    [
        .. Limits.AtLeast(1, HiddenSize, nameof(HiddenSize)),
        .. Limits.Finite(ForgetBias, nameof(ForgetBias)),
    ];
}
