namespace MLNet.Sequence.Layers;

/// <summary>
/// Causal self-attention of several heads (Vaswani et al., arXiv 1706.03762, section 3.2) over the last steps:
/// q, k, v = W x + b, per head a_{ts} = softmax_s(q_t·k_s / √d) over t − Window &lt; s ≤ t, y_t = O [Σ_s a_{ts} v_s] + o.
/// Queries and keys are rotated by their position (Su et al., arXiv 2104.09864, section 3.2.2): each pair of values 2i, 2i + 1 of a head by
/// the angle t·10000^(−2i/d), so q_t·k_s depends on positions only through t − s.
/// [B, T, C] to [B, T, C].
/// </summary>
/// <param name="Heads">Heads; 2·Heads divides C, or Heads without rotary positions. Each has d = C / Heads channels.</param>
/// <param name="Window">The number of steps that a step attends to, itself included; at least 1.</param>
public sealed record CausalAttention(int Heads, int Window) : Layer
{
    /// <summary>The base of the angles of rotary positions: 10000, as in the paper.</summary>
    public const double AngleBase = 10_000;

    /// <summary>
    /// Whether queries and keys are rotated by their position. Without it, attention does not see the order of steps. Default true.
    /// </summary>
    public bool Rotary { get; init; } = true;

    /// <inheritdoc/>
    public override int? ReceptiveField => Window;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;

    /// <inheritdoc/>
    /// <remarks><c>weight_in</c> holds the rows of q, k and v, in this order.</remarks>
    public override IEnumerable<WeightSpec> OwnWeights(int inputSize)
    {
        var uniform = new Initializer.Uniform(1 / Math.Sqrt(inputSize));
        yield return new WeightSpec("weight_in", [3 * inputSize, inputSize], uniform, Decays: true);
        yield return new WeightSpec("bias_in", [3 * inputSize], uniform, Decays: false);
        yield return new WeightSpec("weight_out", [inputSize, inputSize], uniform, Decays: true);
        yield return new WeightSpec("bias_out", [inputSize], uniform, Decays: false);
    }

    /// <summary>The angle per step of pair i of a head of d channels.</summary>
    internal static double Angle(int pair, int width) => Math.Pow(AngleBase, -2.0 * pair / width);

    private protected override IEnumerable<string> OwnProblems(int inputSize)
    {
        foreach (string problem in Limits.AtLeast(1, Heads, nameof(Heads)).Concat(Limits.AtLeast(1, Window, nameof(Window))))
            yield return problem;
        if (Heads >= 1 && inputSize % ((Rotary ? 2L : 1) * Heads) != 0)
            yield return $"{nameof(Heads)} must be such that {(Rotary ? "two times as many" : "they")} divide the channels; found {Heads} heads for "
                + $"{inputSize} channels.";
    }
}
