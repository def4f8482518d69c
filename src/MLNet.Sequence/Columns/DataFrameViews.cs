using Microsoft.Data.Analysis;
using Microsoft.ML;

namespace MLNet.Sequence;

/// <summary>DataFrames as rows. The program references the package Microsoft.Data.Analysis, which this library does not bring.</summary>
public static class DataFrameViews
{
    extension(DataFrame frame)
    {
        /// <summary>
        /// The rows of a DataFrame, with their missing values. A DataFrame used as a view itself gives 0 for a missing integer, false for a missing
        /// Boolean and 1 January 0001 for a missing date, which no reader can tell from a value. Here a column of integers or Booleans with missing
        /// values becomes one of Single, or of Double where integers have 32 bits or more, that has NaN for them; true is 1. All other columns are
        /// the same, in their types.
        /// </summary>
        /// <remarks>The columns are shared, not copied, except those that change. A missing text is empty.</remarks>
        /// <exception cref="ArgumentNullException">The DataFrame is null.</exception>
        /// <exception cref="InvalidOperationException">
        /// A column of dates or of another type without NaN has missing values; the message names the row.
        /// </exception>
        public IDataView ToSequenceView()
        {
            ArgumentNullException.ThrowIfNull(frame);
            return new DataFrame(frame.Columns.Select(Whole));
        }
    }

    private static DataFrameColumn Whole(DataFrameColumn column) => column.NullCount == 0 ? column : Type.GetTypeCode(column.DataType) switch
    {
        TypeCode.Single or TypeCode.Double or TypeCode.String => column,
        TypeCode.Boolean or TypeCode.Byte or TypeCode.SByte or TypeCode.Int16 or TypeCode.UInt16 =>
            new SingleDataFrameColumn(column.Name, Values(column).Select(value => (float)value)),
        TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64 or TypeCode.UInt64 => new DoubleDataFrameColumn(column.Name, Values(column)),
        _ => throw Refused(column),
    };

    private static IEnumerable<double> Values(DataFrameColumn column)
    {
        for (long row = 0; row < column.Length; row++)
            yield return column[row] is { } value ? Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture) : double.NaN;
    }

    private static InvalidOperationException Refused(DataFrameColumn column)
    {
        long row = 0;
        while (column[row] is not null)
            row++;
        return new InvalidOperationException($"The column '{column.Name}' ({column.DataType.Name}) has {column.NullCount} missing values, the first in row "
            + $"{row + 1}; this type has none: fill them, drop the rows (frame.DropNulls), or remove the column.");
    }
}
