namespace MLNet.Sequence.Layers;

/// <summary>y = W x + b at every step: [B, T, C] to [B, T, Size] (and [B, C] to [B, Size]).</summary>
/// <param name="Size">Channels out, the rows of W; at least 1.</param>
public sealed record Dense(int Size) : Layer
{
    /// <summary>Standard deviation of the normal initial distribution of W, above 0; null, the default: uniform in ±1/√C, PyTorch's rule.</summary>
    public double? StandardDeviation { get; init; }

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Size;

    /// <inheritdoc/>
    public override IEnumerable<WeightSpec> OwnWeights(int inputSize)
    {
        var uniform = new Initializer.Uniform(1 / Math.Sqrt(inputSize));
        Initializer weight = StandardDeviation is { } deviation ? new Initializer.Normal(deviation) : uniform;
        yield return new WeightSpec("weight", [Size, inputSize], weight, Decays: true);
        yield return new WeightSpec("bias", [Size], uniform, Decays: false);
    }

    private protected override IEnumerable<string> OwnProblems(int inputSize) =>
    [
        .. Limits.AtLeast(1, Size, nameof(Size)),
        .. Limits.Deviation(StandardDeviation, nameof(StandardDeviation)),
    ];
}
