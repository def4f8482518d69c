namespace MLNet.Sequence;

/// <summary>A function that is applied to each value separately.</summary>
public enum ActivationKind
{
    /// <summary>max(0, x): negative values become 0; the range is 0 and above.</summary>
    Relu,

    /// <summary>The hyperbolic tangent of x: from −1 to 1.</summary>
    Tanh,

    /// <summary>1 / (1 + e^−x): from 0 to 1.</summary>
    Sigmoid,
}
