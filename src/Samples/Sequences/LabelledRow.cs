namespace MLNet.Sequence.Samples.Sequences;

/// <summary>A sequence and its class, as ML.NET reads it.</summary>
internal sealed class LabelledRow
{
    public string Label { get; set; } = "";

    /// <summary>The group of the row; empty if no group column was given.</summary>
    public string Group { get; set; } = "";

    /// <summary>The values of each step, step by step; NaN for a missing value.</summary>
    public float[] Features { get; set; } = [];
}

/// <summary>The sequences of a file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Features">Values per step.</param>
/// <param name="Rows">The rows; at least one.</param>
internal sealed record LabelledRows(string Path, int Features, IReadOnlyList<LabelledRow> Rows)
{
    /// <summary>The names of label and steps, the label first, if the file has names.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Notes for the user about how the file was read.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether not all rows were read.</summary>
    public bool IsCut { get; init; }

    /// <summary>The number of missing values in all rows.</summary>
    public int Missing => Rows.Sum(row => row.Features.Count(float.IsNaN));

    /// <summary>The groups of the rows.</summary>
    public IEnumerable<string> Groups => Rows.Select(row => row.Group).Distinct(StringComparer.Ordinal);

    public string[] Classes => [.. Rows.Select(row => row.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>For example "300 sequences of 60 steps in 6 classes"; also names missing values.</summary>
    public override string ToString()
    {
        int[] lengths = [.. Rows.Select(row => row.Features.Length / Features)];
        string steps = lengths.Min() == lengths.Max() ? $"{lengths[0]}" : $"{lengths.Min()} to {lengths.Max()}";
        return $"{Rows.Count} sequences of {steps} steps{(Features == 1 ? "" : $" of {Features} values")} in {Classes.Length} "
            + $"classes{(Missing == 0 ? "" : FormattableString.Invariant($"; interpolated values: {Missing:N0}"))}";
    }
}
