using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Columns;

/// <summary>The columns that hold sequences, and how they are read: the options that all trainers of rows with a sequence share.</summary>
internal sealed record SequenceSource
{
    public required string FeatureColumnName { get; init; }

    /// <summary>Scalar columns that together are the sequence, instead of a column of vectors; may be empty.</summary>
    public required IReadOnlyList<string> Scalars { get; init; }

    public required int? Features { get; init; }

    public required TokenOptions? Tokens { get; init; }

    public required bool EndAtPadding { get; init; }

    public required MissingValues MissingValues { get; init; }

    public required EmptySequences EmptySequences { get; init; }

    public string? ExampleWeightColumnName { get; init; }

    /// <summary>What is known of a sequence besides its steps; null, the default: nothing.</summary>
    public ConditionSource? Conditions { get; init; }

    public required string? SamplingKeyColumnName { get; init; }

    /// <summary>The columns that sequences are read from.</summary>
    public IReadOnlyList<string> Names => [.. Steps, .. Conditions?.Names ?? []];

    private IReadOnlyList<string> Steps => Scalars.Count > 0 ? Scalars : [FeatureColumnName];

    /// <summary>The problems of these options, with the names that the user knows.</summary>
    public IEnumerable<string> Problems()
    {
        if (Scalars.Count == 0 && string.IsNullOrEmpty(FeatureColumnName))
            yield return "FeatureColumnName must name a column.";
        if (Features is < 1)
            yield return FormattableString.Invariant($"Features must be at least 1; found {Features}.");
        if (Features is >= 1 && Scalars.Count % Features != 0)
            yield return FormattableString.Invariant($"FeatureColumnNames must be a multiple of Features = {Features}; found {Scalars.Count} columns.");
        foreach (var group in Scalars.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            yield return FormattableString.Invariant($"The column '{group.Key}' is named {group.Count()} times in Scalars.");
        foreach (string problem in Conditions?.Problems(Steps.Distinct()) ?? [])
            yield return problem;
        foreach (string problem in Limits.Defined(MissingValues, nameof(MissingValues)).Concat(Limits.Defined(EmptySequences, nameof(EmptySequences))))
            yield return problem;
        if (Tokens is not { } tokens)
            yield break;
        foreach (string problem in tokens.Problems())
            yield return problem;
        if (tokens.Tokenizer is not null)
            yield return "Tokens.Tokenizer is only for pairs (SequenceToSequence); elsewhere columns have tokens.";
        if (Features is > 1)
            yield return FormattableString.Invariant($"Features must be 1 with Tokens; found {Features}.");
        if (MissingValues != MissingValues.Error)
            yield return $"MissingValues.{MissingValues} has no meaning with Tokens.";
        if (Scalars.Count > 0 && tokens.Vocabulary is null)
            yield return "The tokens of FeatureColumnNames must be integers, with Tokens.Vocabulary.";
    }
}
