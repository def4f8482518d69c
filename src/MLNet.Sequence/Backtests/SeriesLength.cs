namespace MLNet.Sequence.Backtests;

/// <summary>The rows of a series, and the steps that they are once the missing ones between them are filled.</summary>
/// <param name="key">Its key; that of the only series is empty.</param>
internal sealed class SeriesLength(string key)
{
    // Before a row, the number of steps that have none.
    private readonly List<(long Row, long Missing)> _gaps = [];

    public string Key => key;

    public long Rows { get; private set; }

    /// <summary>Whether it has more steps than rows.</summary>
    public bool HasGaps => _gaps.Count > 0;

    /// <summary>Adds a row.</summary>
    /// <param name="missing">The number of steps before it that are filled.</param>
    public void Add(long missing)
    {
        if (missing > 0)
            _gaps.Add((Rows, missing));
        Rows++;
    }

    /// <summary>The steps from the first to the last of some rows.</summary>
    public long Steps(StepRange rows) => rows.Count + _gaps.Where(gap => gap.Row > rows.From && gap.Row < rows.To).Sum(gap => gap.Missing);

    /// <summary>Such as "'a' (12 rows)".</summary>
    public override string ToString() =>
        FormattableString.Invariant($"'{key}' ({Rows} rows{(HasGaps ? $", {Steps(new StepRange(0, Rows))} steps" : "")})");
}
