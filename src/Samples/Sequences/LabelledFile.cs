using System.Globalization;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Sequences;

/// <summary>
/// Reads files of labelled sequences: CSV with a line of column names, a label column and a column for each step; the .tsv of
/// the UCR archive (label first, no names); the .ts of aeon and sktime. Each may be packed (.gz).
/// </summary>
internal static class LabelledFile
{
    private const string UsualLabel = "label";

    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it, for messages.</param>
    /// <param name="label">The label column of a CSV file; null: 'label', or the first.</param>
    public static LabelledRows Read(string path, string option, string? label)
    {
        string name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        LabelledRows rows = Path.GetExtension(name).ToUpperInvariant() switch
        {
            ".TSV" => TextFile.Read(path, $"{option} names a file", reader => ReadUcr(path, reader)),
            ".TS" => TextFile.Read(path, $"{option} names a file", reader => TimeSeriesFile.Read(path, reader)),
            _ => ReadCsv(CsvTable.Read(path, option), label),
        };
        return rows.Rows.Count > 0 ? rows : throw new UserError($"'{path}' has no sequences.");
    }

    /// <summary>A number, or NaN for a missing one.</summary>
    public static float Number(string cell, Func<string> place) => NumberColumn.IsMissing(cell)
        ? float.NaN
        : float.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value)
            ? value
            : throw new UserError($"{place()}: '{cell}' is not a number. Numbers are written as 1234.5.");

    private static LabelledRows ReadCsv(CsvTable table, string? label)
    {
        int column = label is not null ? table.Names.Find(label, "--label") : table.Names.Contains(UsualLabel) ? table.Names.Find(UsualLabel, "--label") : 0;
        if (table.Cells.Count < 2)
            throw new UserError($"'{table.Path}' has one column; expected a label and a column for each step.");
        int[] steps = [.. Enumerable.Range(0, table.Cells.Count).Where(index => index != column)];
        return new LabelledRows(table.Path, 1, [.. Enumerable.Range(0, table.RowCount).Select(row => new LabelledRow
        {
            Label = Labelled(table.Cells[column][row], () => $"'{table.Path}', {table.Place(row)}"),
            Features = WithoutPadding([.. steps.Select(step => Number(table.Cells[step][row], () => $"'{table.Path}', {table.Place(row)}, column '{table.Names.All[step]}'"))]),
        })]);
    }

    private static LabelledRows ReadUcr(string path, StreamReader reader) => new(path, 1, [.. TextFile.Lines(reader).Select(line =>
    {
        string[] cells = line.Text.Split('\t');
        string Place() => FormattableString.Invariant($"'{path}', line {line.Number}");
        return new LabelledRow
        {
            Label = Labelled(cells[0], Place),
            Features = WithoutPadding([.. cells[1..].Select(cell => Number(cell, Place))]),
        };
    })]);

    private static string Labelled(string label, Func<string> place) => label.Trim() is { Length: > 0 } name ? name : throw new UserError($"{place()}: the label is missing.");

    // The archive fills short sequences with missing values behind.
    private static float[] WithoutPadding(float[] values)
    {
        int length = values.Length;
        while (length > 0 && float.IsNaN(values[length - 1]))
            length--;
        return values[..length];
    }
}
