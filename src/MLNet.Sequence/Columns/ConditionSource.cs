namespace MLNet.Sequence.Columns;

/// <summary>The columns of what is known of a sequence besides its steps: the options of a next-step trainer.</summary>
/// <param name="Statics">Columns with one value for a row; may be empty.</param>
/// <param name="Known">The column of frames; null: none.</param>
/// <param name="Features">The values of a frame; null: by the column's type.</param>
/// <param name="StepsPerFrame">The steps for which a frame holds.</param>
internal sealed record ConditionSource(IReadOnlyList<string> Statics, string? Known, int? Features, int StepsPerFrame)
{
    /// <summary>The columns that are read.</summary>
    public IReadOnlyList<string> Names => [.. Known is { } known ? [known] : Array.Empty<string>(), .. Statics];

    /// <summary>The problems of these options, with the names that the user knows.</summary>
    public IEnumerable<string> Problems(IEnumerable<string> others)
    {
        if (Features is < 1)
            yield return FormattableString.Invariant($"KnownFeatures must be at least 1; found {Features}.");
        if (StepsPerFrame < 1)
            yield return FormattableString.Invariant($"StepsPerFrame must be at least 1; found {StepsPerFrame}.");
        if (Known is null && (Features is not null || StepsPerFrame != 1))
            yield return "KnownFeatures and StepsPerFrame need KnownColumnName.";
        if (Names.Any(string.IsNullOrEmpty))
            yield return "KnownColumnName and StaticColumnNames must name columns; found an empty name.";
        foreach (var group in Names.Concat(others).GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            yield return FormattableString.Invariant($"The column '{group.Key}' is named {group.Count()} times among steps, frames and static columns.");
    }
}
