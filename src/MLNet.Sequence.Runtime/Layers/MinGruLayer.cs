namespace MLNet.Sequence.Layers;

/// <summary>
/// One layer of minimal gated recurrent units, from the zero state: z = σ(W x_t + b), h̃ = g(W x_t + b),
/// h_t = (1 − z) h_{t−1} + z h̃, with g(x) = x + ½ for x ≥ 0 and σ(x) below (Feng et al., arXiv 2410.01201, section 3.1 and
/// appendix B). No gate reads the state, so all steps of a sequence are computed at once in training.
/// Weights are stacked in the order z, h̃.
/// </summary>
/// <param name="HiddenSize">Units, each with one state; the channels out; at least 1.</param>
public sealed record MinGruLayer(int HiddenSize) : Layer
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
        yield return new WeightSpec("weight", [2 * HiddenSize, inputSize], uniform, Decays: true);
        yield return new WeightSpec("bias", [2 * HiddenSize], uniform, Decays: false);
    }

    private protected override IEnumerable<string> OwnProblems(int inputSize) => Limits.AtLeast(1, HiddenSize, nameof(HiddenSize));
}
