using Microsoft.Data.Analysis;

namespace MLNet.Sequence.Samples.Series;

/// <summary>Times that can only be sorted, by their characters. The times after the last one are unknown and are counted.</summary>
internal sealed class TextTimes(IReadOnlyList<string> times) : TimeAxis
{
    public override int Compare(int row, int other) => string.CompareOrdinal(times[row], times[other]);

    public override DataFrameColumn Column(string name, IEnumerable<int> rows) =>
        new StringDataFrameColumn(name, rows.Select(row => times[row]));

    public override double Position(int row) => row;

    public override Rhythm Rhythm(IReadOnlyList<int> rows) => Series.Rhythm.Irregular;

    /// <summary>The message for a time that has no known form.</summary>
    public string Unknown(int row) =>
        $"'{times[row]}' has no known time form, so rows are sorted by its characters. Known are {TimeForms.Known}; name another with --date-format.";

    public override string ToString() => "text";
}
