namespace MLNet.Sequence.Layers;

/// <summary>A function that is applied to each value by itself.</summary>
public enum ActivationKind
{
    /// <summary>max(0, x): negative values become 0; from 0 on.</summary>
    Relu,

    /// <summary>The hyperbolic tangent of x: from −1 to 1.</summary>
    Tanh,

    /// <summary>1 / (1 + e^−x): from 0 to 1.</summary>
    Sigmoid,
}

/// <summary>Applies a function to each value by itself: [B, T, C] to [B, T, C].</summary>
/// <param name="Kind">Which function is applied to each value.</param>
public sealed record Activation(ActivationKind Kind) : Layer
{
    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;

    private protected override IEnumerable<string> OwnProblems(int inputSize) => Limits.Defined(Kind, nameof(Kind));
}
