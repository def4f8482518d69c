namespace MLNet.Sequence.Samples.Sequences;

/// <summary>A sequence and its class, as ML.NET reads it.</summary>
internal sealed class LabelledRow
{
    public string Label { get; set; } = "";

    /// <summary>Which rows belong together; empty where nothing was said of it.</summary>
    public string Group { get; set; } = "";

    /// <summary>Step by step the values of each; NaN where one is missing.</summary>
    public float[] Features { get; set; } = [];
}

/// <summary>The sequences of a file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Features">Values of a step.</param>
/// <param name="Rows">At least one.</param>
internal sealed record LabelledRows(string Path, int Features, IReadOnlyList<LabelledRow> Rows)
{
    /// <summary>The names of label and steps, the label's first, where the file has names.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>What the user should know of how the file was read.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Values that are missing, in all rows.</summary>
    public int Missing => Rows.Sum(row => row.Features.Count(float.IsNaN));

    /// <summary>The groups of the rows.</summary>
    public IEnumerable<string> Groups => Rows.Select(row => row.Group).Distinct(StringComparer.Ordinal);

    public string[] Classes => [.. Rows.Select(row => row.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>As "300 sequences of 60 steps in 6 classes"; says what is missing.</summary>
    public override string ToString()
    {
        int[] lengths = [.. Rows.Select(row => row.Features.Length / Features)];
        string steps = lengths.Min() == lengths.Max() ? $"{lengths[0]}" : $"{lengths.Min()} to {lengths.Max()}";
        return $"{Rows.Count} sequences of {steps} steps{(Features == 1 ? "" : $" of {Features} values")} in {Classes.Length} "
            + $"classes{(Missing == 0 ? "" : FormattableString.Invariant($"; interpolated values: {Missing:N0}"))}";
    }
}
