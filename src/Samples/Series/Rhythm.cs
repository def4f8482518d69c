namespace MLNet.Sequence.Samples.Series;

/// <summary>How the rows of one series follow each other in time.</summary>
/// <param name="Rule">What the steps are called, as "business days"; null: they are irregular.</param>
/// <param name="Season">Rows in the usual season; 1 when there is none.</param>
internal sealed record Rhythm(string? Rule, int Season)
{
    public static Rhythm Irregular { get; } = new(null, 1);

    /// <summary>Steps that are missing.</summary>
    public long Missing { get; init; }

    /// <summary>The rows between which they are missing.</summary>
    public IReadOnlyList<(int Before, int After)> Gaps { get; init; } = [];

    /// <summary>The times of so many steps after the last row, written as the file writes them; irregular ones are counted: +1, +2 …</summary>
    public Func<int, IReadOnlyList<string>> After { get; init; } =
        steps => [.. Enumerable.Range(1, steps).Select(step => FormattableString.Invariant($"+{step}"))];
}
