using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Columns;

/// <summary>
/// A column of dates that no option names as the time. Rows are then used in their given order; if that is not the order of the dates,
/// a warning appears.
/// </summary>
/// <param name="row">The cursor.</param>
/// <param name="time">The column.</param>
internal sealed class UnnamedTime(DataViewRow row, DataViewSchema.Column time)
{
    private readonly AscendingTimes _times = TimeReader.CreateCheck(row, time);
    private string? _problem;

    /// <summary>The only column of dates, if the task has no time column; null: there is none, or several.</summary>
    public static DataViewSchema.Column? Find(DataViewSchema schema, Forecasting task)
    {
        DataViewSchema.Column[] dates = [.. All(schema)];
        return task.TimeColumnName is null && dates is [var only] ? only : null;
    }

    /// <summary>The columns of dates.</summary>
    public static IEnumerable<DataViewSchema.Column> All(DataViewSchema schema) =>
        schema.Where(column => !column.IsHidden && column.Type is DateTimeDataViewType or DateTimeOffsetDataViewType);

    /// <summary>Checks the current row.</summary>
    /// <param name="key">Its series.</param>
    public void Read(string? key)
    {
        if (_problem is null && _times.Next(key ?? "") is { } problem)
            _problem = $"in row {row.Position + 1}{(key is null ? "" : $" (series '{key}')")}, {problem}";
    }

    public void Warn(SequenceHost host)
    {
        if (_problem is null)
            return;
        using HostChannel channel = host.Start("Reading");
        channel.Warning($"The rows do not ascend in the column '{time.Name}': {_problem}. "
            + $"No {nameof(ForecastingOptions.TimeColumnName)} is set, so they are used as steps in their given order, even where one series follows another. "
            + $"If '{time.Name}' is their time, set {nameof(ForecastingOptions.TimeColumnName)}; if they are several series, "
            + $"{nameof(ForecastingOptions.SeriesColumnName)}.");
    }
}
