using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// How a target is searched for: the <see cref="Width"/> most likely beginnings are kept at each step (beam search), and complete ones are
/// ranked by ln P / lp + cp (Wu et al., arXiv 1609.08144, section 7, equation 14). The same source and model give the same target.
/// </summary>
public sealed record SequenceSearch
{
    /// <summary>The number of beginnings kept, and the largest number of targets returned; at least 1. 1: always the most likely token. Default 4.</summary>
    public int Width { get; init; } = 4;

    /// <summary>
    /// α of lp = ((5 + length) / 6)^α, where the length includes the end; at least 0. 0: the most likely, which are short ones. Default 0.6.
    /// </summary>
    public double LengthPenalty { get; init; } = 0.6;

    /// <summary>
    /// β of cp = β Σ over the steps of the source ln min(Σ over those of the target of their attention weight, 1); at least 0. Targets that attend
    /// to all of the source are preferred to those that leave a part of it out. The attention is the mean over the heads of all layers that attend
    /// to the source. Default 0: none (the paper has 0.2).
    /// </summary>
    public double CoveragePenalty { get; init; }

    /// <summary>
    /// The largest number of tokens in a target; at least 1. A target that is not complete by then ends there, and the probability of this end
    /// counts as that of any other. Null, the default: that of the longest target in training.
    /// </summary>
    public int? MaxLength { get; init; }

    /// <summary>
    /// No run of this many tokens is repeated in a target (Paulus et al., arXiv 1705.04304, section 2.5); at least 1; null, the default: any may.
    /// </summary>
    public int? NoRepeatLength { get; init; }

    /// <summary>ln P / lp of a target.</summary>
    internal double Score(double logProbability, int length) => logProbability / Math.Pow((5.0 + length) / 6, LengthPenalty);

    /// <summary>The problems of these options, one sentence each; empty if there are none.</summary>
    internal IEnumerable<string> Problems() =>
    [
        .. Limits.AtLeast(1, Width, $"Search.{nameof(Width)}"),
        .. LengthPenalty >= 0 && double.IsFinite(LengthPenalty)
            ? Array.Empty<string>()
            : [FormattableString.Invariant($"Search.{nameof(LengthPenalty)} must be at least 0; found {LengthPenalty}.")],
        .. CoveragePenalty >= 0 && double.IsFinite(CoveragePenalty)
            ? Array.Empty<string>()
            : [FormattableString.Invariant($"Search.{nameof(CoveragePenalty)} must be at least 0; found {CoveragePenalty}.")],
        .. Limits.AtLeast(1, MaxLength ?? 1, $"Search.{nameof(MaxLength)}"),
        .. Limits.AtLeast(1, NoRepeatLength ?? 1, $"Search.{nameof(NoRepeatLength)}"),
    ];
}
