using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Series;

/// <summary>A file and what its columns mean.</summary>
/// <param name="Path">The CSV file.</param>
/// <param name="Time">The time column; null: rows are in time order.</param>
/// <param name="Targets">The columns to forecast; null: all columns of numbers.</param>
/// <param name="Series">The column that tells series apart; null: one series.</param>
internal sealed record DataSource(string Path, string? Time, IReadOnlyList<string>? Targets, string? Series)
{
    private const string UsualTime = "date";

    /// <summary>The data that comes with the program: ETTh1, hourly, whose usual target is the oil temperature OT.</summary>
    public static string Shipped { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "Data", "ETTh1.csv.gz");

    /// <summary>A column named 'date' is the time when no other is named.</summary>
    public DataSource WithUsualTime(ColumnNames names) =>
        this with { Time = Time ?? (names.Contains(UsualTime) && Series != UsualTime && Targets?.Contains(UsualTime) != true ? UsualTime : null) };
}
