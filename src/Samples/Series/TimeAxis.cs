using Microsoft.Data.Analysis;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Series;

/// <summary>The time column: dates, numbers, or text that only sorts.</summary>
internal abstract class TimeAxis
{
    /// <summary>The first cell decides the kind of the column.</summary>
    /// <param name="table">The file.</param>
    /// <param name="column">The column of the times.</param>
    /// <param name="rows">The rows of one series; its steps decide between two forms that both fit.</param>
    /// <param name="pattern">The form of dates; null: a known one.</param>
    public static TimeAxis Read(CsvTable table, int column, IReadOnlyList<int> rows, string? pattern = null)
    {
        for (int row = 0; row < table.RowCount; row++)
        {
            if (NumberColumn.IsMissing(table.Cells[column][row]))
            {
                throw new UserError($"'{table.Path}', {table.Place(row)}, column '{table.Names.All[column]}': the time is missing. "
                    + "Every row needs one: fill it in, or remove the row.");
            }
        }

        if (pattern is not null)
            return DateTimes.Read(table, column, pattern);
        string first = table.Cells[column][0];
        if (DateTimes.Looks(first) && DateTimes.Read(table, column, rows) is { } dates)
            return dates;
        return NumberColumn.IsNumber(first) ? NumberTimes.Read(table, column) : new TextTimes(table.Cells[column]);
    }

    /// <summary>Whether a position on this axis is a date (OLE automation date) in a plot.</summary>
    public virtual bool IsDate => false;

    public abstract int Compare(int row, int other);

    /// <summary>The values of some rows as a column with this name.</summary>
    public abstract DataFrameColumn Column(string name, IEnumerable<int> rows);

    /// <summary>The position of a row in a plot.</summary>
    public abstract double Position(int row);

    /// <summary>The time steps of one series, whose rows are in time order.</summary>
    public abstract Rhythm Rhythm(IReadOnlyList<int> rows);

    /// <summary>The form of the times.</summary>
    public abstract override string ToString();
}
