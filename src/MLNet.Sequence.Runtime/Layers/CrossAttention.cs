namespace MLNet.Sequence.Layers;

/// <summary>
/// Attention of several heads to all steps of a memory (Vaswani et al., arXiv 1706.03762, section 3.2.3), which is the output of another
/// node of the network (<see cref="Networks.NetworkNode.Memory"/>): q = W x + b, k and v = M m + c, per head a_{ts} = softmax_s(q_t·k_s /
/// √d) over all valid steps s of the memory m, y_t = O [Σ_s a_{ts} v_s] + o. If the node has no memory, its own input is the memory: each
/// step then sees all other steps, before it and after it. Without <see cref="Rotary"/> it does not see positions: they come from the layer that
/// gives the memory. [B, U, C] and a memory [B, T, M] to [B, U, C].
/// </summary>
/// <param name="Heads">Heads, which divide C; each has d = C / Heads channels.</param>
public sealed record CrossAttention(int Heads) : Layer, IAttending
{
    /// <summary>M, channels of the memory; at least 1. Null, the default: the channels of the input.</summary>
    public int? MemorySize { get; init; }

    /// <summary>
    /// Whether queries and keys are rotated by their positions, those of the keys in the memory (Su et al., arXiv 2104.09864, section 3.2.2), so that
    /// scores depend on the distance of two steps. It is meant for attention to its own input. Default false.
    /// </summary>
    public bool Rotary { get; init; }

    /// <inheritdoc/>
    public override int? ReceptiveField => null;

    /// <inheritdoc/>
    public override bool IsCausal => false;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;

    /// <inheritdoc/>
    /// <remarks><c>weight_memory</c> holds the rows of k and v, in this order.</remarks>
    public override IEnumerable<WeightSpec> OwnWeights(int inputSize)
    {
        int memory = MemorySize ?? inputSize;
        Initializer own = new Initializer.Uniform(1 / Math.Sqrt(inputSize)), ofMemory = new Initializer.Uniform(1 / Math.Sqrt(memory));
        yield return new WeightSpec("weight_query", [inputSize, inputSize], own, Decays: true);
        yield return new WeightSpec("bias_query", [inputSize], own, Decays: false);
        yield return new WeightSpec("weight_memory", [2 * inputSize, memory], ofMemory, Decays: true);
        yield return new WeightSpec("bias_memory", [2 * inputSize], ofMemory, Decays: false);
        yield return new WeightSpec("weight_out", [inputSize, inputSize], own, Decays: true);
        yield return new WeightSpec("bias_out", [inputSize], own, Decays: false);
    }

    private protected override IEnumerable<string> OwnProblems(int inputSize)
    {
        foreach (string problem in Limits.AtLeast(1, Heads, nameof(Heads)).Concat(Limits.AtLeast(1, MemorySize ?? 1, nameof(MemorySize))))
            yield return problem;
        if (Heads >= 1 && inputSize % Heads != 0)
            yield return $"{nameof(Heads)} must divide the channels; found {Heads} heads for {inputSize} channels.";
        else if (Rotary && Heads >= 1 && inputSize % (2L * Heads) != 0)
            yield return $"{nameof(Heads)} must have an even number of channels each to be rotated; found {Heads} heads for {inputSize} channels.";
    }
}
