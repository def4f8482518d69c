using Microsoft.Data.Analysis;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Series;

/// <summary>The time column: dates, numbers, or text that only sorts.</summary>
internal abstract class TimeAxis
{
    /// <summary>What the first cell is, the column is.</summary>
    public static TimeAxis Read(CsvTable table, int column)
    {
        for (int row = 0; row < table.RowCount; row++)
        {
            if (NumberColumn.IsMissing(table.Cells[column][row]))
            {
                throw new UserError($"'{table.Path}', {table.Place(row)}, column '{table.Names.All[column]}': the time is missing. "
                    + "Every row needs one: fill it in, or remove the row.");
            }
        }

        string first = table.Cells[column][0];
        if (NumberColumn.IsNumber(first))
            return new NumberTimes(NumberColumn.ReadTimes(table, column));
        return DateTimes.Looks(first) ? DateTimes.Read(table, column) : new TextTimes(table.Cells[column]);
    }

    /// <summary>Whether a position on this axis is a date (OLE automation date) in a plot.</summary>
    public virtual bool IsDate => false;

    /// <summary>How many rows a season has by the usual meaning of the step; 1 when there is none.</summary>
    public virtual int UsualSeason(IReadOnlyList<int> rows) => 1;

    public abstract int Compare(int row, int other);

    /// <summary>The values of some rows as a column of this name.</summary>
    public abstract DataFrameColumn Column(string name, IEnumerable<int> rows);

    /// <summary>Where a row lies in a plot.</summary>
    public abstract double Position(int row);

    /// <summary>
    /// The times of the steps after the last of these rows (one series in time order), written as the file writes them.
    /// </summary>
    public abstract IReadOnlyList<string> After(IReadOnlyList<int> rows, int steps);
}
