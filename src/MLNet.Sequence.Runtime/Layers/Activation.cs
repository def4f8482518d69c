namespace MLNet.Sequence.Layers;

/// <summary>Applies a function to each value separately: [B, T, C] to [B, T, C].</summary>
/// <param name="Kind">The function that is applied to each value.</param>
public sealed record Activation(ActivationKind Kind) : Layer
{
    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;

    private protected override IEnumerable<string> OwnProblems(int inputSize) => Limits.Defined(Kind, nameof(Kind));
}
