namespace MLNet.Sequence.Layers;

/// <summary>
/// A gated recurrent unit that attends to a memory inside its loop (Bahdanau et al., arXiv 1409.0473, appendix A.1.2 and A.2.2). Before step
/// t, e_{tj} = v · tanh(A s_{t−1} + U m_j + u), a_t = softmax_j(e_{tj}) over all valid steps j of the memory m, c_t = Σ_j a_{tj} m_j; then
/// r, z = σ(W [x_t; c_t] + b + R s_{t−1} + q), n = tanh(W [x_t; c_t] + b + r (R s_{t−1} + q)), s_t = (1 − z) n + z s_{t−1}, in PyTorch's
/// order r, z, n. s_0 = tanh(S m_1 + s). The output is [s_t; c_t]: [B, U, C] and a memory [B, T, M] to [B, U, HiddenSize + M]. If the node has
/// no memory, its own input is the memory.
/// </summary>
/// <param name="HiddenSize">Units, each with one state; at least 1.</param>
public sealed record AttentionGru(int HiddenSize) : Layer, IAttending
{
    /// <summary>Channels of v, in which states and steps of the memory are compared; at least 1. Null, the default: HiddenSize.</summary>
    public int? AttentionSize { get; init; }

    /// <summary>M, channels of the memory; at least 1. Null, the default: the channels of the input.</summary>
    public int? MemorySize { get; init; }

    /// <inheritdoc/>
    public override int? ReceptiveField => null;

    /// <inheritdoc/>
    public override bool IsCausal => false;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => HiddenSize + (MemorySize ?? inputSize);

    /// <inheritdoc/>
    public override IEnumerable<WeightSpec> OwnWeights(int inputSize)
    {
        int memory = MemorySize ?? inputSize, compared = AttentionSize ?? HiddenSize;
        Initializer own = new Initializer.Uniform(1 / Math.Sqrt(HiddenSize)), ofMemory = new Initializer.Uniform(1 / Math.Sqrt(memory));
        yield return new WeightSpec("weight_ih", [3 * HiddenSize, inputSize + memory], own, Decays: true);
        yield return new WeightSpec("weight_hh", [3 * HiddenSize, HiddenSize], own, Decays: true);
        yield return new WeightSpec("bias_ih", [3 * HiddenSize], own, Decays: false);
        yield return new WeightSpec("bias_hh", [3 * HiddenSize], own, Decays: false);
        yield return new WeightSpec("weight_query", [compared, HiddenSize], own, Decays: true);
        yield return new WeightSpec("weight_memory", [compared, memory], ofMemory, Decays: true);
        yield return new WeightSpec("bias_memory", [compared], ofMemory, Decays: false);
        yield return new WeightSpec("weight_score", [1, compared], new Initializer.Uniform(1 / Math.Sqrt(compared)), Decays: true);
        yield return new WeightSpec("weight_start", [HiddenSize, memory], ofMemory, Decays: true);
        yield return new WeightSpec("bias_start", [HiddenSize], ofMemory, Decays: false);
    }

    private protected override IEnumerable<string> OwnProblems(int inputSize) =>
    [
        .. Limits.AtLeast(1, HiddenSize, nameof(HiddenSize)),
        .. Limits.AtLeast(1, AttentionSize ?? 1, nameof(AttentionSize)),
        .. Limits.AtLeast(1, MemorySize ?? 1, nameof(MemorySize)),
    ];
}
