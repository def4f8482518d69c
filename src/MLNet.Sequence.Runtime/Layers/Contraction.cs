namespace MLNet.Sequence.Layers;

/// <summary>
/// Keeps a recurrent layer a contraction during training: two states that see the same inputs approach each other by a factor of at most
/// <paramref name="Limit"/> per step, in the norm that belongs to the layer (docs/stability.md).
/// </summary>
/// <param name="Limit">λ, the largest factor of a step, in (0, 1).</param>
public sealed record Contraction(double Limit)
{
    /// <summary>The largest magnitude of the layer's inputs, above 0: it bounds the gates. Default 1.</summary>
    public double InputBound { get; init; } = 1;

    /// <summary>How a simple recurrent layer's matrix is projected. Default: by power iteration.</summary>
    public SpectralProjection Projection { get; init; } = SpectralProjection.PowerIteration;

    /// <summary>The problems of this constraint, one sentence each.</summary>
    internal IEnumerable<string> Problems()
    {
        if (Limit is not (> 0 and < 1))
            yield return FormattableString.Invariant($"{nameof(Contraction)}.{nameof(Limit)} must be in (0, 1); found {Limit}.");
        if (!(InputBound > 0 && double.IsFinite(InputBound)))
            yield return FormattableString.Invariant($"{nameof(Contraction)}.{nameof(InputBound)} must be above 0 and finite; found {InputBound}.");
        foreach (string problem in Limits.Defined(Projection, $"{nameof(Contraction)}.{nameof(Projection)}"))
            yield return problem;
    }
}
