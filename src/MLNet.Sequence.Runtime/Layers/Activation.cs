namespace MLNet.Sequence.Layers;

/// <summary>An element-wise function.</summary>
public enum ActivationKind
{
    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary>1 / (1 + e^−x).</summary>
    Sigmoid,
}

/// <summary>Applies an element-wise function.</summary>
/// <param name="Kind">Which.</param>
public sealed record Activation(ActivationKind Kind) : Layer
{
    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;

    private protected override IEnumerable<string> OwnProblems(int inputSize) => Limits.Defined(Kind, nameof(Kind));
}
