namespace MLNet.Sequence.Layers;

/// <summary>
/// A layer that reads the sequence from its last valid step to its first; each output is placed at its own step: [B, T, C] to [B, T, D]. If
/// <paramref name="Inner"/> is causal, no output depends on inputs before its step.
/// </summary>
/// <param name="Inner">The layer that reads the sequence from its end; one output per step.</param>
public sealed record Reversed(Layer Inner) : Layer
{
    /// <inheritdoc/>
    /// <remarks>An output looks back only as far as <see cref="Inner"/> looks ahead: not at all if that is causal.</remarks>
    public override int? ReceptiveField => Inner.IsCausal ? 1 : null;

    /// <inheritdoc/>
    public override bool IsCausal => false;

    internal override bool GoesOnByState(int inputSize) => false;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Inner.OutputSize(inputSize);

    /// <inheritdoc/>
    public override IEnumerable<ChildLayer> Children(int inputSize) => [new ChildLayer("inner", Inner, inputSize)];
}
