using System.Globalization;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Sequences;

/// <summary>
/// Reads files of labelled sequences: CSV with a line of column names, a label column and a column for each step; the .tsv of
/// the UCR archive (label first, no names); the .ts of aeon and sktime. Each may be gzipped (.gz). Parquet and Arrow files are read as CSV.
/// </summary>
internal static class LabelledFile
{
    private const string UsualLabel = "label";

    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it, for messages.</param>
    /// <param name="label">The label column of a CSV file; null: 'label', ignoring case, or the first.</param>
    /// <param name="format">The format, as given by the user.</param>
    /// <param name="group">The column of a CSV file with the group of each row; null: there is none.</param>
    /// <param name="mostRows">How many rows of a CSV file are read at most.</param>
    public static LabelledRows Read(string path, string option, string? label, FileFormat? format = null, string? group = null, int mostRows = int.MaxValue)
    {
        string name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        string kind = Path.GetExtension(name).ToUpperInvariant();
        if (kind is ".TSV" or ".TS"
            && (label is not null ? "--label" : group is not null ? "--group" : format?.DecimalMark is not null ? "--decimal" : null) is { } unused)
            throw new UserError($"{unused} is for .csv files; the form of '{path}' needs no such option. Leave {unused} out.");
        LabelledRows rows = kind switch
        {
            ".TSV" => TextFile.Read(path, $"{option} names a file", reader => ReadUcr(path, reader), format?.Encoding),
            ".TS" => TextFile.Read(path, $"{option} names a file", reader => TimeSeriesFile.Read(path, reader), format?.Encoding),
            _ => ReadCsv(RecentTable.Read(path, option, format, mostRows), label, group),
        };
        return rows.Rows.Count > 0 ? rows : throw new UserError($"'{path}' has no sequences.");
    }

    /// <summary>A number, or NaN for a missing one.</summary>
    public static float Number(string cell, Func<string> place) => NumberColumn.IsMissing(cell)
        ? float.NaN
        : float.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value)
            ? value
            : throw new UserError($"{place()}: '{cell}' is not a number. Numbers are written as 1234.5.");

    /// <summary>A sequence without the missing values at its end, which pad short sequences.</summary>
    public static float[] WithoutPadding(float[] values, int features, Func<string> place)
    {
        int last = Array.FindLastIndex(values, value => !float.IsNaN(value));
        return last >= 0 ? values[..((last / features + 1) * features)] : throw new UserError($"{place()}: all values of the sequence are missing.");
    }

    private static LabelledRows ReadCsv(CsvTable table, string? label, string? group)
    {
        int? together = group is null ? null : table.Names.Find(group, "--group");
        int column = label is not null ? table.Names.Find(label, "--label") : table.Names.Like(UsualLabel) ?? (together == 0 ? 1 : 0);
        if (column == together)
            throw new UserError($"--group names the label, '{group}': expected a column with the group of each row, such as a subject.");
        if (table.Cells.Count < (together is null ? 2 : 3))
            throw new UserError($"'{table.Path}' has {(table.Cells.Count == 1 ? "one column" : "two columns")}; expected a "
                + $"label{(together is null ? "" : ", a group")} and a column for each step.");
        int[] steps = [.. Enumerable.Range(0, table.Cells.Count).Where(index => index != column && index != together)];
        string[] names = [.. steps.Select(step => table.Names.All[step])];
        if (!table.HasTypes && AreData(names))
            throw new UserError($"'{table.Path}' begins with a line of numbers ({string.Join(", ", table.Names.All.Take(4))}, …); expected a line with the "
                + "column names.");
        return new LabelledRows(table.Path, 1, [.. Enumerable.Range(0, table.RowCount).Select(row => new LabelledRow
        {
            Label = Labelled(table.Cells[column][row], () => $"'{table.Path}', {table.Place(row)}"),
            Group = together is not { } named ? "" : table.Cells[named][row].Trim() is { Length: > 0 } found ? found
                : throw new UserError($"'{table.Path}', {table.Place(row)}: the group in column '{group}' is missing."),
            Features = WithoutPadding([.. steps.Select(step => Number(table, row, step))], 1, () => $"'{table.Path}', {table.Place(row)}"),
        })])
        {
            Notes = table.Notes,
            IsCut = table.IsCut,
            Names = [table.Names.All[column], .. names],
        };
    }

    // Steps may have numbers as names: ascending times or descending lags.
    private static bool AreData(string[] names)
    {
        double[] numbers = [.. names.Select(
            name => double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN)];
        return !numbers.Any(double.IsNaN) && numbers.Zip(numbers.Skip(1)).Select(pair => pair.Second.CompareTo(pair.First)) is var turns
            && (turns.Contains(0) || turns.Distinct().Count() > 1);
    }

    private static LabelledRows ReadUcr(string path, StreamReader reader)
    {
        var rows = new List<LabelledRow>();
        var counts = new List<int>();
        foreach ((int number, string text) in TextFile.Lines(reader))
        {
            string[] cells = text.Split('\t');
            string Place() => FormattableString.Invariant($"'{path}', line {number}");
            rows.Add(new LabelledRow
            {
                Label = Labelled(cells[0], Place),
                Features = WithoutPadding([.. cells[1..].Select(cell => Number(cell, Place))], 1, Place)
            });
            counts.Add(cells.Length);
        }

        // The archive pads short sequences: if only the last line has another length, the file was cut off.
        if (counts.Count > 2 && counts[..^1].Distinct().Count() == 1 && counts[^1] < counts[0])
            throw new UserError(FormattableString.Invariant(
                $"'{path}': the last line has {counts[^1]} cells, all lines before it have {counts[0]}. The file seems to be cut off."));
        return new LabelledRows(path, 1, rows);
    }

    private static string Labelled(string label, Func<string> place) =>
        label.Trim() is { Length: > 0 } name ? name : throw new UserError($"{place()}: the label is missing.");

    private static float Number(CsvTable table, int row, int column)
    {
        string cell = table.Cells[column][row];
        if (NumberColumn.IsMissing(cell))
            return float.NaN;
        return table.Numbers.TryRead(cell, column, out double value) && Math.Abs(value) <= float.MaxValue
            ? (float)value
            : Number(cell, () => $"'{table.Path}', {table.Place(row)}, column '{table.Names.All[column]}'");
    }
}
