namespace MLNet.Sequence.Layers;

/// <summary>
/// One layer of long short-term memory with a recurrent projection, from the zero state: i, f, o = σ(W x_t + b + R r_{t−1} + q),
/// g = tanh(W x_t + b + R r_{t−1} + q), c_t = f c_{t−1} + i g, r_t = P (o tanh(c_t)). The output is r_t. Many units then need few weights:
/// 4 (inputs + projection) + projection for each. Weights are stacked in PyTorch's order i, f, g, o, with PyTorch's two biases and its names.
/// </summary>
/// <param name="HiddenSize">Units, each with a cell; at least 1.</param>
/// <param name="ProjectionSize">Channels of r and of the output; at least 1, usually fewer than units.</param>
public sealed record ProjectedLstmLayer(int HiddenSize, int ProjectionSize) : Layer
{
    /// <summary>
    /// The initial bias b of the forget gate, any finite number; null, the default: drawn like the others, PyTorch's rule.
    /// </summary>
    public double? ForgetBias { get; init; }

    /// <inheritdoc/>
    public override int? ReceptiveField => null;

    internal override bool GoesOnByState(int inputSize) => true;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => ProjectionSize;

    /// <inheritdoc/>
    public override IEnumerable<WeightSpec> OwnWeights(int inputSize)
    {
        var uniform = new Initializer.Uniform(1 / Math.Sqrt(HiddenSize));
        yield return new WeightSpec("weight_ih", [4 * HiddenSize, inputSize], uniform, Decays: true);
        yield return new WeightSpec("weight_hh", [4 * HiddenSize, ProjectionSize], uniform, Decays: true);
        yield return new WeightSpec("bias_ih", [4 * HiddenSize], Bias(uniform, ForgetBias), Decays: false);
        yield return new WeightSpec("bias_hh", [4 * HiddenSize], Bias(uniform, ForgetBias is null ? null : 0), Decays: false);
        yield return new WeightSpec("weight_hr", [ProjectionSize, HiddenSize], uniform, Decays: true);
    }

    private static Initializer Bias(Initializer others, double? forget) => forget is { } value
        ? new Initializer.Blocks([others, new Initializer.Constant(value), others, others])
        : others;

    private protected override IEnumerable<string> OwnProblems(int inputSize) =>
    [
        .. Limits.AtLeast(1, HiddenSize, nameof(HiddenSize)),
        .. Limits.AtLeast(1, ProjectionSize, nameof(ProjectionSize)),
        .. Limits.Finite(ForgetBias, nameof(ForgetBias)),
    ];
}
