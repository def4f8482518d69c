using Microsoft.Data.Analysis;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence;

/// <summary>Reports as DataFrames. The program references the package Microsoft.Data.Analysis, which this library does not bring.</summary>
public static class ReportFrames
{
    extension(IReport report)
    {
        /// <summary>
        /// The report's table, such as the epochs of a training or the errors by step: numbers as numbers, times as times. A missing number is null.
        /// </summary>
        public DataFrame ToDataFrame()
        {
            ArgumentNullException.ThrowIfNull(report);
            return new DataFrame(report.Content.Tables[0].Columns.Select(Column));
        }
    }

    private static DataFrameColumn Column(ReportColumn column) => column switch
    {
        TextColumn text => new StringDataFrameColumn(text.Name, text.Values),
        CountColumn count => new Int64DataFrameColumn(count.Name, count.Values),
        NumberColumn number => new DoubleDataFrameColumn(number.Name, number.Values.Select(value => value is { } known && double.IsNaN(known) ? null : value)),
        TimeColumn time => new DateTimeDataFrameColumn(time.Name, time.Values),
        _ => throw new NotSupportedException($"A column of type {column.GetType().Name} has no form in a DataFrame."),
    };
}
