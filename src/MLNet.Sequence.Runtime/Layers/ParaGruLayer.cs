namespace MLNet.Sequence.Layers;

/// <summary>
/// One layer of gated recurrent units whose recurrent matrices are diagonal, from the zero state: z, r = σ(W x_t + b + a ⊙ h_{t−1}),
/// n = tanh(W x_t + b + a ⊙ (r ⊙ h_{t−1})), h_t = (1 − z) h_{t−1} + z n (Danieli et al., arXiv 2510.21450, ParaGRU).
/// Unlike those of minimal cells, the gates read the state: the state of the same unit.
/// Weights are stacked in the order z, r, n.
/// </summary>
/// <param name="HiddenSize">Units, each with one state; the channels out; at least 1.</param>
public sealed record ParaGruLayer(int HiddenSize) : Layer
{
    /// <inheritdoc/>
    public override int? ReceptiveField => null;

    internal override bool GoesOnByState(int inputSize) => true;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => HiddenSize;

    /// <inheritdoc/>
    public override IEnumerable<WeightSpec> OwnWeights(int inputSize)
    {
        var uniform = new Initializer.Uniform(1 / Math.Sqrt(inputSize));
        yield return new WeightSpec("weight", [3 * HiddenSize, inputSize], uniform, Decays: true);
        yield return new WeightSpec("bias", [3 * HiddenSize], uniform, Decays: false);
        yield return new WeightSpec("recurrent", [3 * HiddenSize], new Initializer.Uniform(1), Decays: false);
    }

    private protected override IEnumerable<string> OwnProblems(int inputSize) => Limits.AtLeast(1, HiddenSize, nameof(HiddenSize));
}
