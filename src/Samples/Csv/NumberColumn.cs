namespace MLNet.Sequence.Samples.Csv;

/// <summary>Reads a column of numbers. An error names the first cell that is not a number.</summary>
internal static class NumberColumn
{
    private static readonly string[] Missing = ["", "NaN", "NA", "N/A", "null", "?"];

    public static bool IsNumber(string cell) => NumberFormat.IsNumber(cell);

    public static bool IsMissing(string cell) => Missing.Contains(cell.Trim(), StringComparer.OrdinalIgnoreCase);

    /// <summary>The columns whose first non-missing cell is a number, in the file's order.</summary>
    public static IEnumerable<string> Names(CsvTable table)
    {
        for (int column = 0; column < table.Cells.Count; column++)
        {
            string? first = table.Cells[column].Find(cell => !IsMissing(cell));
            if (first is not null && IsNumber(first))
                yield return table.Names.All[column];
        }
    }

    /// <summary>The numbers of a column; they must fit into a float.</summary>
    /// <param name="table">The table.</param>
    /// <param name="column">The index of the column.</param>
    /// <param name="takesMissing">Whether a cell may be missing; it is then NaN.</param>
    public static double[] Read(CsvTable table, int column, bool takesMissing = false) =>
        [.. Enumerable.Range(0, table.RowCount).Select(row => takesMissing && IsMissing(table.Cells[column][row]) ? double.NaN : Read(table, column, row))];

    /// <summary>The number in a cell.</summary>
    public static double Read(CsvTable table, int column, int row)
    {
        string cell = table.Cells[column][row];
        bool missing = IsMissing(cell), isNumber = table.Numbers.TryRead(cell, column, out double value);
        if (!missing && isNumber && Math.Abs(value) <= float.MaxValue)
            return value;

        string place = $"'{table.Path}', {table.Place(row)}, column '{table.Names.All[column]}': ";
        if (missing)
        {
            string found = cell.Length == 0 ? "the cell is empty" : $"the cell is '{cell}'";
            throw new UserError($"{place}{found}; a number is needed. Fill the gap (for example with the value before it), or remove the row if a time gap "
                + "is allowed there.");
        }

        string problem = isNumber ? "is not finite or too large" : "is not a number";
        string written = table.Numbers.HasCommas ? "1234,5 in this file" : "1234.5";
        throw new UserError($"{place}'{cell}' {problem}. Numbers are written as {written}; correct the cell, or leave the column out of --targets.");
    }
}
