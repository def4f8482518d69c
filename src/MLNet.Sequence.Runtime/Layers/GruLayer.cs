namespace MLNet.Sequence.Layers;

/// <summary>
/// One layer of gated recurrent units, from the zero state: r, z = σ(W x_t + b + R h_{t−1} + q),
/// n = tanh(W x_t + b + r (R h_{t−1} + q)), h_t = (1 − z) n + z h_{t−1}.
/// Weights are stacked in PyTorch's order r, z, n, with PyTorch's two biases.
/// </summary>
/// <param name="HiddenSize">Units, each with one state; the channels out; at least 1.</param>
public sealed record GruLayer(int HiddenSize) : Layer
{
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
        yield return new WeightSpec("weight_ih", [3 * HiddenSize, inputSize], uniform, Decays: true);
        yield return new WeightSpec("weight_hh", [3 * HiddenSize, HiddenSize], uniform, Decays: true);
        yield return new WeightSpec("bias_ih", [3 * HiddenSize], uniform, Decays: false);
        yield return new WeightSpec("bias_hh", [3 * HiddenSize], uniform, Decays: false);
    }

    private protected override IEnumerable<string> OwnProblems(int inputSize) =>
        [.. Limits.AtLeast(1, HiddenSize, nameof(HiddenSize)), .. Contraction?.Problems() ?? []];
}
