namespace MLNet.Sequence.Layers;

/// <summary>y = inner(x) + x, or inner(x) + W x + b (a 1×1 convolution) if the widths differ.</summary>
/// <param name="Inner">The layer that the shortcut bypasses, [B, T, C] to [B, T, D].</param>
public sealed record Residual(Layer Inner) : Layer
{
    /// <summary>The initial standard deviation of the shortcut's W, above 0; null, the default: PyTorch's rule.</summary>
    public double? StandardDeviation { get; init; }

    /// <inheritdoc/>
    public override int? ReceptiveField => Inner.ReceptiveField;

    /// <inheritdoc/>
    public override bool IsCausal => Inner.IsCausal;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Inner.OutputSize(inputSize);

    /// <inheritdoc/>
    public override IEnumerable<ChildLayer> Children(int inputSize)
    {
        yield return new ChildLayer("inner", Inner, inputSize);
        if (OutputSize(inputSize) != inputSize)
            yield return new ChildLayer("shortcut", new Dense(OutputSize(inputSize)) { StandardDeviation = StandardDeviation }, inputSize);
    }

    private protected override IEnumerable<string> OwnProblems(int inputSize) => Limits.Deviation(StandardDeviation, nameof(StandardDeviation));
}
