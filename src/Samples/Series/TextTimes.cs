using System.Globalization;
using Microsoft.Data.Analysis;

namespace MLNet.Sequence.Samples.Series;

/// <summary>Times that only sort, by their characters: what comes after the last cannot be known, and is counted: +1, +2 …</summary>
internal sealed class TextTimes(IReadOnlyList<string> times) : TimeAxis
{
    public override int Compare(int row, int other) => string.CompareOrdinal(times[row], times[other]);

    public override DataFrameColumn Column(string name, IEnumerable<int> rows) =>
        new StringDataFrameColumn(name, rows.Select(row => times[row]));

    public override double Position(int row) => row;

    public override IReadOnlyList<string> After(IReadOnlyList<int> rows, int steps) =>
        [.. Enumerable.Range(1, steps).Select(step => string.Create(CultureInfo.InvariantCulture, $"+{step}"))];
}
