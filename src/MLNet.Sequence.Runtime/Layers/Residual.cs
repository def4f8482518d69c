namespace MLNet.Sequence.Layers;

/// <summary>
/// y = (inner(x) + x) · <see cref="Scale"/>, or (inner(x) + W x + b) · Scale (a 1×1 convolution) if the widths differ. With
/// <see cref="Conditions"/>, x = [h; c] and y = [(inner(x) + h) · Scale; c].
/// </summary>
/// <param name="Inner">The layer that the shortcut bypasses, [B, T, C] to [B, T, D].</param>
public sealed record Residual(Layer Inner) : Layer
{
    /// <summary>The initial standard deviation of the shortcut's W, above 0; null, the default: PyTorch's rule.</summary>
    public double? StandardDeviation { get; init; }

    /// <summary>
    /// The factor of the sum, above 0. Default 1. √½ keeps the variance of two independent terms (Gehring et al., arXiv 1705.03122, section 3.5).
    /// </summary>
    public double Scale { get; init; } = 1;

    /// <summary>
    /// Number of last input channels that the inner layer reads with the others, and that go unchanged into the output, behind the sum. At least
    /// 0, and fewer than C. Default 0.
    /// </summary>
    public int Conditions { get; init; }

    /// <inheritdoc/>
    public override int? ReceptiveField => Inner.ReceptiveField;

    /// <inheritdoc/>
    public override bool IsCausal => Inner.IsCausal;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Inner.OutputSize(inputSize) + Conditions;

    /// <inheritdoc/>
    public override IEnumerable<ChildLayer> Children(int inputSize)
    {
        int sum = Inner.OutputSize(inputSize), around = inputSize - Conditions;
        yield return new ChildLayer("inner", Inner, inputSize);
        if (sum != around)
            yield return new ChildLayer("shortcut", new Dense(sum) { StandardDeviation = StandardDeviation }, around);
    }

    private protected override IEnumerable<string> OwnProblems(int inputSize)
    {
        foreach (string problem in Limits.Deviation(StandardDeviation, nameof(StandardDeviation)).Concat(Limits.Deviation(Scale, nameof(Scale))))
            yield return problem;
        if (Conditions < 0 || Conditions >= inputSize)
            yield return $"{nameof(Conditions)} must be at least 0 and fewer than the channels, {inputSize}; found {Conditions}.";
    }
}
