namespace MLNet.Sequence.Layers;

/// <summary>
/// Dilated causal convolution over time: y_t = b + Σ_{i&lt;k} W_i x_{t − (k−1−i)·d}, zeros before the first step.
/// </summary>
/// <param name="Channels">Channels out: [B, T, C] becomes [B, T, Channels]; at least 1.</param>
/// <param name="KernelSize">k, the number of taps, which read one step each; at least 1.</param>
/// <param name="Dilation">d, the number of steps between taps; at least 1. Default 1.</param>
public sealed record CausalConv(int Channels, int KernelSize, int Dilation = 1) : Layer
{
    /// <summary>
    /// Weight normalisation: W = g · v / ‖v‖ per output channel (Salimans and Kingma, arXiv 1602.07868). Default false.
    /// </summary>
    public bool WeightNormalized { get; init; }

    /// <summary>
    /// Standard deviation of the kernel's normal initial distribution, above 0; null, the default: uniform in ±1/√(C·k), PyTorch's rule.
    /// </summary>
    public double? StandardDeviation { get; init; }

    /// <inheritdoc/>
    public override int? ReceptiveField => 1 + (KernelSize - 1) * Dilation;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Channels;

    /// <inheritdoc/>
    public override IEnumerable<WeightSpec> OwnWeights(int inputSize)
    {
        ValueList<int> shape = [Channels, inputSize, KernelSize];
        var uniform = new Initializer.Uniform(1 / Math.Sqrt(inputSize * KernelSize));
        Initializer kernel = StandardDeviation is { } deviation ? new Initializer.Normal(deviation) : uniform;
        if (WeightNormalized)
        {
            // Only the direction of v counts: decay applies to g, the kernel's length.
            yield return new WeightSpec("weight_v", shape, kernel, Decays: false);
            yield return new WeightSpec("weight_g", [Channels], new Initializer.RowNorms("weight_v"), Decays: true);
        }
        else
        {
            yield return new WeightSpec("weight", shape, kernel, Decays: true);
        }

        yield return new WeightSpec("bias", [Channels], uniform, Decays: false);
    }

    private protected override IEnumerable<string> OwnProblems(int inputSize)
    {
        string[] problems =
        [
            .. Limits.AtLeast(1, Channels, nameof(Channels)),
            .. Limits.AtLeast(1, KernelSize, nameof(KernelSize)),
            .. Limits.AtLeast(1, Dilation, nameof(Dilation)),
            .. Limits.Deviation(StandardDeviation, nameof(StandardDeviation)),
        ];
        foreach (string problem in problems)
            yield return problem;
        if (1 + (KernelSize - 1.0) * Dilation > int.MaxValue)
            yield return $"{nameof(KernelSize)} {KernelSize} and {nameof(Dilation)} {Dilation} give a receptive field of 2^31 steps or more.";
    }
}
