namespace MLNet.Sequence.Layers;

/// <summary>
/// A recurrent layer is kept a contraction while it is trained: two states that see the same inputs come nearer to each
/// other by a factor of at most <paramref name="Limit"/> per step, in the norm that belongs to the layer (docs/stability.md).
/// </summary>
/// <param name="Limit">λ, the largest factor that a step may have, in (0, 1).</param>
public sealed record Contraction(double Limit)
{
    /// <summary>What no input of the layer exceeds in magnitude, above 0: gates are bounded for such inputs. Default 1.</summary>
    public double InputBound { get; init; } = 1;

    /// <summary>How a simple recurrent layer's matrix is projected. Default: by power iteration.</summary>
    public SpectralProjection Projection { get; init; } = SpectralProjection.PowerIteration;

    /// <summary>What is wrong with it, one sentence each.</summary>
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
