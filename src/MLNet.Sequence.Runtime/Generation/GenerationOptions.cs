namespace MLNet.Sequence;

/// <summary>How a sequence is continued. The same seed, model and prompt give the same continuation.</summary>
public sealed record GenerationOptions
{
    /// <summary>The largest number of tokens or steps; at least 1. Default 100.</summary>
    public int MaxLength { get; init; } = 100;

    /// <summary>
    /// The divisor of the logits before a draw, 0 or above; 0: always the most likely, without a draw. Below 1, likely tokens become more
    /// likely. Default 1.
    /// </summary>
    public double Temperature { get; init; } = 1;

    /// <summary>
    /// The number of most likely tokens to draw from; for keys, the largest number of keys in a step, the most likely ones. At least 1;
    /// null, the default: all.
    /// </summary>
    public int? TopK { get; init; }

    /// <summary>
    /// Draws are made from the smallest set of most likely tokens that together have at least this probability (Holtzman et al., arXiv
    /// 1904.09751, section 3.1), in (0, 1]; null, the default: all. For tokens only.
    /// </summary>
    public double? TopP { get; init; }

    /// <summary>
    /// For tokens that occurred before, positive logits are divided by it and negative logits are multiplied by it (Keskar et al., arXiv
    /// 1909.05858, section 4.1); at least 1. Default 1: nothing. For tokens only.
    /// </summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>
    /// No run of this many tokens is repeated, the prompt included (Paulus et al., arXiv 1705.04304, section 2.5); at least 1; null, the
    /// default: any may. For tokens only.
    /// </summary>
    public int? NoRepeatLength { get; init; }

    /// <summary>Values of tokens that end the sequence; such a token is the last one returned. Default none.</summary>
    public IReadOnlyList<string> StopTokens { get; init => field = ValueList.Of(value); } = ValueList.Create<string>();

    /// <summary>Values of tokens that are never drawn. Default none.</summary>
    public IReadOnlyList<string> BannedTokens { get; init => field = ValueList.Of(value); } = ValueList.Create<string>();

    /// <summary>The values of the conditions, for a model that was trained with some; null, the default: it was not.</summary>
    public ConditionValues? Conditions { get; init; }

    /// <summary>The seed of all draws: the same number gives the same draws; any. Default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Checks these options.</summary>
    /// <exception cref="ArgumentException">Lists all problems in one message.</exception>
    internal void Validate()
    {
        var problems = new Problems();
        problems.Need(MaxLength >= 1, $"{nameof(MaxLength)} must be at least 1; found {MaxLength}.");
        problems.Need(Temperature >= 0 && double.IsFinite(Temperature), $"{nameof(Temperature)} must be 0 or above; found {Temperature}.");
        problems.Need(TopK is null or >= 1, $"{nameof(TopK)} must be at least 1; found {TopK}.");
        problems.Need(TopP is null or > 0 and <= 1, $"{nameof(TopP)} must be in (0, 1]; found {TopP}.");
        problems.Need(RepetitionPenalty >= 1 && double.IsFinite(RepetitionPenalty),
            $"{nameof(RepetitionPenalty)} must be at least 1; found {RepetitionPenalty}.");
        problems.Need(NoRepeatLength is null or >= 1, $"{nameof(NoRepeatLength)} must be at least 1; found {NoRepeatLength}.");
        problems.ThrowIfAny("The options of generation are wrong.");
    }
}
