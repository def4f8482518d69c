namespace MLNet.Sequence.Samples.Series;

/// <summary>The time steps between the rows of one series.</summary>
/// <param name="Rule">The name of the steps, such as "business days"; null: they are irregular.</param>
/// <param name="Season">Rows in the usual season; 1 if there is none.</param>
internal sealed record Rhythm(string? Rule, int Season)
{
    public static Rhythm Irregular { get; } = new(null, 1);

    /// <summary>The number of missing steps.</summary>
    public long Missing { get; init; }

    /// <summary>The rows between which steps are missing.</summary>
    public IReadOnlyList<(int Before, int After)> Gaps { get; init; } = [];

    /// <summary>The times of this many steps after the last row, in the file's form; irregular ones are counted: +1, +2 …</summary>
    public Func<int, IReadOnlyList<string>> After { get; init; } =
        steps => [.. Enumerable.Range(1, steps).Select(step => FormattableString.Invariant($"+{step}"))];
}
