namespace MLNet.Sequence;

/// <summary>How a sequence is continued. The same seed, model and prompt give the same continuation.</summary>
public sealed record GenerationOptions
{
    /// <summary>Tokens or steps, at most; at least 1. Default 100.</summary>
    public int MaxLength { get; init; } = 100;

    /// <summary>
    /// What logits are divided by before a draw, 0 or above; 0: always the likeliest, which needs no draw. Below 1 the likely become
    /// likelier. Default 1.
    /// </summary>
    public double Temperature { get; init; } = 1;

    /// <summary>
    /// Draws are made from so many of the likeliest tokens; of keys, at most so many of the likeliest sound in a step. At
    /// least 1; null, the default: all.
    /// </summary>
    public int? TopK { get; init; }

    /// <summary>
    /// Draws are made from the fewest likeliest tokens that together have at least this probability (Holtzman et al., arXiv
    /// 1904.09751, section 3.1), in (0, 1]; null, the default: all. Of tokens alone.
    /// </summary>
    public double? TopP { get; init; }

    /// <summary>
    /// What the logits of tokens that were there before are divided by where positive and multiplied by where negative (Keskar
    /// et al., arXiv 1909.05858, section 4.1); at least 1. Default 1: nothing. Of tokens alone.
    /// </summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>
    /// No run of so many tokens comes a second time, the prompt's included (Paulus et al., arXiv 1705.04304, section 2.5); at
    /// least 1; null, the default: any may. Of tokens alone.
    /// </summary>
    public int? NoRepeatLength { get; init; }

    /// <summary>Values of tokens that end the sequence; such a token is the last that is given. Default none.</summary>
    public IReadOnlyList<string> StopTokens { get; init => field = ValueList.Of(value); } = ValueList.Create<string>();

    /// <summary>Values of tokens that are never drawn. Default none.</summary>
    public IReadOnlyList<string> BannedTokens { get; init => field = ValueList.Of(value); } = ValueList.Create<string>();

    /// <summary>What all draws follow from: the same number, the same draws; any. Default 1.</summary>
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
        problems.Need(RepetitionPenalty >= 1 && double.IsFinite(RepetitionPenalty), $"{nameof(RepetitionPenalty)} must be at least 1; found {RepetitionPenalty}.");
        problems.Need(NoRepeatLength is null or >= 1, $"{nameof(NoRepeatLength)} must be at least 1; found {NoRepeatLength}.");
        problems.ThrowIfAny("The options of generation are wrong.");
    }
}
