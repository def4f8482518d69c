using Microsoft.Data.Analysis;

namespace MLNet.Sequence.Samples.Series;

/// <summary>Times that only sort, by their characters: what comes after the last cannot be known, and is counted.</summary>
internal sealed class TextTimes(IReadOnlyList<string> times) : TimeAxis
{
    public override int Compare(int row, int other) => string.CompareOrdinal(times[row], times[other]);

    public override DataFrameColumn Column(string name, IEnumerable<int> rows) =>
        new StringDataFrameColumn(name, rows.Select(row => times[row]));

    public override double Position(int row) => row;

    public override Rhythm Rhythm(IReadOnlyList<int> rows) => Series.Rhythm.Irregular;

    /// <summary>What is to be said of a time in no known form.</summary>
    public string Unknown(int row) =>
        $"'{times[row]}' is in no known form of time, so that rows sort by its characters. Known are {TimeForms.Known}; name another with --date-format.";

    public override string ToString() => "text";
}
