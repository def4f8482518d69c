using System.Globalization;
using Microsoft.Data.Analysis;

namespace MLNet.Sequence.Samples.Series;

/// <summary>Times that are numbers: years, seconds, or a count of steps.</summary>
internal sealed class NumberTimes(double[] times) : TimeAxis
{
    // Times print without the rounding of repeated addition.
    private const int SignificantDigits = 12;

    public override int Compare(int row, int other) => times[row].CompareTo(times[other]);

    public override DataFrameColumn Column(string name, IEnumerable<int> rows) =>
        new DoubleDataFrameColumn(name, rows.Select(row => times[row]));

    public override double Position(int row) => times[row];

    public override IReadOnlyList<string> After(IReadOnlyList<int> rows, int steps)
    {
        double last = times[rows[^1]];
        double step = rows.Count < 2 ? 1 : rows.Zip(rows.Skip(1), (before, after) => times[after] - times[before]).Order().ElementAt((rows.Count - 1) / 2);
        return [.. Enumerable.Range(1, steps).Select(count => Print(last + step * count))];
    }

    private static string Print(double time) => Math.Abs(time) < 1e15 && time == Math.Floor(time)
        ? time.ToString("F0", CultureInfo.InvariantCulture)
        : time.ToString($"G{SignificantDigits}", CultureInfo.InvariantCulture);
}
