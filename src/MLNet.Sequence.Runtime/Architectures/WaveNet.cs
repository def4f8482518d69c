using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// WaveNet (van den Oord et al., arXiv 1609.03499, section 2): a causal convolution, then blocks
/// z = tanh(W_f ∗ x) ⊙ σ(W_g ∗ x), x ← x + R z, with dilations 1, 2, …, 2^(L−1) in each of several cycles; the skips S z of all
/// blocks are summed → ReLU → 1×1 → ReLU. The paper's last 1×1 is the task's head.
/// Receptive field 1 + (k − 1)(1 + Cycles·(2^L − 1)).
/// With conditions y, the last channels of the input, z = tanh(W_f ∗ x + V_f y) ⊙ σ(W_g ∗ x + V_g y) (section 2.5): y_t varies from
/// step to step (local conditioning), or is the same at all steps of a sequence (global).
/// Deviates: conditions are given at the steps of the input, while the paper learns to upsample slower ones; biases on all convolutions;
/// the last block has no residual 1×1, because nothing would read its output.
/// </summary>
public sealed record WaveNet : Architecture
{
    /// <summary>Channels of the residual path; at least 1. Default 32.</summary>
    public int Channels { get; init; } = 32;

    /// <summary>Channels of the summed skips and of the output; at least 1. Default 32.</summary>
    public int SkipChannels { get; init; } = 32;

    /// <summary>Number of cycles through the dilations; at least 1. Default 2.</summary>
    public int Cycles { get; init; } = 2;

    /// <summary>
    /// Blocks per cycle; the i-th has dilation 2^i; at least 1. Null, the default: the smallest number whose receptive field covers the context.
    /// </summary>
    public int? Levels { get; init; }

    /// <summary>Taps of each dilated convolution; at least 2. Default 2.</summary>
    public int KernelSize { get; init; } = 2;

    /// <summary>
    /// Number of last channels of the input that are conditions y. They enter every block by a 1×1 convolution of the present step and are
    /// not convolved over time. At least 0, and fewer than the channels of the data. Default 0: the channels that a task knows for all
    /// steps, such as the known inputs and static columns of a forecaster or a next-step model. Only for numbers: the channels of tokens are those
    /// of their learnt vectors.
    /// </summary>
    public int Conditions { get; init; }

    /// <inheritdoc/>
    public override Layer Build(int context)
    {
        int levels = Levels ?? LevelsFor(context, Field);
        Layer[] blocks = [.. Enumerable.Range(0, Cycles * levels).Select(i => Block(1 << (i % levels)))];
        return new Sequential(
            First(), new SkipSum(blocks, SkipChannels) { Conditions = Conditions },
            new Activation(ActivationKind.Relu), new Dense(SkipChannels), new Activation(ActivationKind.Relu))
        { Names = ["first", "blocks", "skipped", "dense", "output"] };
    }

    internal override Layer Build(int context, int conditions) => (Conditions > 0 ? this : this with { Conditions = conditions }).Build(context);

    internal override int LastConditions => Conditions;

    internal override Architecture Within(int context) => this with { Levels = Levels ?? LevelsWithin(context, Field) };

    internal override double LeastWeights => (double)Cycles * (Levels ?? 1);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        int levels = Levels ?? 1;
        string[] problems =
        [
            .. AtLeast(1, Channels, nameof(Channels)),
            .. AtLeast(1, SkipChannels, nameof(SkipChannels)),
            .. AtLeast(1, Cycles, nameof(Cycles)),
            .. AtLeast(1, levels, nameof(Levels)),
            .. AtLeast(2, KernelSize, nameof(KernelSize)),
            .. AtLeast(0, Conditions, nameof(Conditions)),
        ];
        foreach (string problem in problems)
            yield return problem;
        if (levels > 30 || Field(levels) > int.MaxValue)
            yield return $"A {nameof(KernelSize)} of {KernelSize} over {Cycles} {nameof(Cycles)} of {levels} {nameof(Levels)} gives a receptive field of "
                + "2^31 steps or more.";
    }

    private double Field(int levels) => 1 + (KernelSize - 1.0) * (1 + Cycles * (Math.Pow(2, levels) - 1));

    // W_f above W_g in one kernel: [2 C, C, k]
    private Sequential Block(int dilation)
    {
        Layer convolution = new CausalConv(2 * Channels, KernelSize, dilation);
        if (Conditions > 0)
            convolution = new ChannelSplit(convolution, new Dense(2 * Channels), Conditions) { Sum = true };
        return new Sequential(convolution, new Gated(GateKind.Tanh));
    }

    // Conditions bypass the first convolution unchanged.
    private Layer First()
    {
        var convolution = new CausalConv(Channels, KernelSize);
        return Conditions > 0 ? new ChannelSplit(convolution, new Sequential(), Conditions) : convolution;
    }
}
