using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Series;

/// <summary>A file and what its columns mean.</summary>
/// <param name="Path">The CSV file.</param>
/// <param name="Time">The time column; null: rows are in time order.</param>
/// <param name="Targets">The columns to forecast; null: all columns of numbers.</param>
/// <param name="Series">The column that names the series of each row; null: one series.</param>
internal sealed record DataSource(string Path, string? Time, IReadOnlyList<string>? Targets, string? Series)
{
    /// <summary>The data that comes with the program: ETTh1, hourly, whose usual target is the oil temperature OT.</summary>
    public static string Shipped { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "Data", "ETTh1.csv.gz");

    /// <summary>Whether a usual time column is looked for if none is named.</summary>
    public bool FindsTime { get; init; } = true;

    /// <summary>Whether empty cells, and steps between two rows, are handled by the model; otherwise a cell is refused, and rows are neighbours.</summary>
    public bool FillsMissing { get; init; }

    /// <summary>The format of the file.</summary>
    public FileFormat Format { get; init; } = new();

    /// <summary>How many rows are read at most, the first ones.</summary>
    public int MostRows { get; init; } = int.MaxValue;
}
