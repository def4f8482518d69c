using System.Globalization;

namespace MLNet.Sequence.Samples.Csv;

/// <summary>Reads a column of numbers, and names the first cell that is none.</summary>
internal static class NumberColumn
{
    private static readonly string[] Missing = ["", "NaN", "NA", "N/A", "null", "?"];

    public static bool IsNumber(string cell) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    public static bool IsMissing(string cell) => Missing.Contains(cell.Trim(), StringComparer.OrdinalIgnoreCase);

    /// <summary>Columns whose first cell that is not missing is a number, in the file's order.</summary>
    public static IEnumerable<string> Names(CsvTable table)
    {
        for (int column = 0; column < table.Cells.Count; column++)
        {
            string? first = table.Cells[column].Find(cell => !IsMissing(cell));
            if (first is not null && IsNumber(first))
                yield return table.Names.All[column];
        }
    }

    public static float[] Read(CsvTable table, int column) =>
        [.. Enumerable.Range(0, table.RowCount).Select(row => (float)Value(table, column, row, float.MaxValue))];

    public static double[] ReadTimes(CsvTable table, int column) =>
        [.. Enumerable.Range(0, table.RowCount).Select(row => Value(table, column, row, double.MaxValue))];

    private static double Value(CsvTable table, int column, int row, double largest)
    {
        string cell = table.Cells[column][row];
        if (double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && Math.Abs(value) <= largest)
            return value;

        string place = $"'{table.Path}', {table.Place(row)}, column '{table.Names.All[column]}': ";
        if (IsMissing(cell))
        {
            string found = cell.Length == 0 ? "the cell is empty" : $"the cell is '{cell}'";
            throw new UserError($"{place}{found}; a number is needed. Fill the gap (for instance with the value before it), or remove the row if time may jump there.");
        }

        string problem = IsNumber(cell) ? "is not finite or too large" : "is not a number";
        throw new UserError($"{place}'{cell}' {problem}. Numbers are written as 1234.5; correct the cell, or leave the column out of --targets.");
    }
}
