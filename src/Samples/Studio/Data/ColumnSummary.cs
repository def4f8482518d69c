using System.Globalization;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Studio.Data;

/// <summary>What a column holds.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Kind">"number", "time" or "text".</param>
internal sealed record ColumnSummary(string Name, string Kind)
{
    private const double MostlyNumbers = 0.7;
    private const int Shown = 3;

    /// <summary>The first cells that are not empty.</summary>
    public required IReadOnlyList<string> Examples { get; init; }

    /// <summary>The number of different cells.</summary>
    public required int Distinct { get; init; }

    /// <summary>The number of empty cells.</summary>
    public required int Missing { get; init; }

    public double Low { get; init; } = double.NaN;

    public double Mean { get; init; } = double.NaN;

    public double High { get; init; } = double.NaN;

    /// <summary>What is wrong and where, a sentence each; empty: nothing.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    public static ColumnSummary Of(CsvTable table, int column)
    {
        List<string> cells = table.Cells[column];
        string[] present = [.. cells.Where(cell => !NumberColumn.IsMissing(cell))];
        bool isNumber = present.Length > 0 && present.Count(NumberColumn.IsNumber) >= MostlyNumbers * present.Length;
        bool isTime = !isNumber && present.Length > 0 && DateTimes.Looks(present[0]);
        // In a text, only nothing is missing: '?' and 'null' may be words.
        Predicate<string> isMissing = isNumber || isTime ? NumberColumn.IsMissing : string.IsNullOrWhiteSpace;
        present = [.. cells.Where(cell => !isMissing(cell))];
        var summary = new ColumnSummary(table.Names.All[column], isNumber ? "number" : isTime ? "time" : "text")
        {
            Examples = [.. present.Take(Shown)],
            Distinct = cells.Distinct(StringComparer.Ordinal).Count(),
            Missing = cells.Count - present.Length,
            Problems = [],
        };
        return isNumber ? Numbers(table, column, summary) : summary with { Problems = [.. Gaps(table, column, isMissing, summary.Missing)] };
    }

    /// <summary>The numbers of a column; NaN where a cell holds none.</summary>
    public static double[] Values(CsvTable table, int column) => [.. table.Cells[column].Select(cell =>
        !NumberColumn.IsMissing(cell) && table.Numbers.TryRead(cell, column, out double value) && Math.Abs(value) <= float.MaxValue ? value : double.NaN)];

    private static ColumnSummary Numbers(CsvTable table, int column, ColumnSummary summary)
    {
        double[] values, known;
        try
        {
            values = Values(table, column);
            known = [.. values.Where(double.IsFinite)];
        }
        catch (UserError ambiguous)
        {
            return summary with { Problems = [StudioWords.Of(ambiguous.Message, table.Path)] };
        }

        int[] wrong = [.. values.Index().Where(value => double.IsNaN(value.Item) && !NumberColumn.IsMissing(table.Cells[column][value.Index]))
            .Select(value => value.Index)];
        IEnumerable<string> said = wrong.Take(Shown).Select(row => $"{table.Place(row)}: '{table.Cells[column][row]}' is not a number.");
        string[] more = wrong.Length > Shown ? [FormattableString.Invariant($"{wrong.Length - Shown} more cells are not numbers.")] : [];
        return summary with
        {
            Low = known.DefaultIfEmpty(double.NaN).Min(),
            Mean = known.DefaultIfEmpty(double.NaN).Average(),
            High = known.DefaultIfEmpty(double.NaN).Max(),
            Problems = [.. said, .. more, .. Gaps(table, column, NumberColumn.IsMissing, summary.Missing)],
        };
    }

    private static IEnumerable<string> Gaps(CsvTable table, int column, Predicate<string> isMissing, int missing)
    {
        if (missing == 0)
            yield break;
        string first = table.Place(table.Cells[column].FindIndex(isMissing));
        yield return missing == 1 ? $"{first}: the cell is empty."
            : string.Create(CultureInfo.InvariantCulture, $"{missing:N0} cells are empty, the first in {first}.");
    }
}
