using System.CommandLine;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Commands.Options;

/// <summary>Which file, and what its columns mean.</summary>
internal sealed class SourceOptions
{
    private const string ShippedTarget = "OT";
    private const int ShippedSeason = 24;

    private readonly Option<string?> _data =
        new("--data")
        {
            Description = "A CSV file (.csv or .csv.gz) with a line of column names. [default: ETTh1, which comes with the program]",
            HelpName = "FILE"
        };
    private readonly Option<string?> _time = new("--time")
    {
        Description = "The column of dates, numbers or sortable text that ascends within a series. "
        + "[default: a column named date, datetime, timestamp, time or ds in any case, else the only one of dates]",
        HelpName = "COLUMN"
    };
    private readonly Option<string?> _targets = new("--targets")
    {
        Description = "The columns to forecast, separated by commas, or 'all' columns of "
        + "numbers. [default: OT for the program's own data, else all]",
        HelpName = "COL,COL|all"
    };
    private readonly Option<string?> _series =
        new("--series") { Description = "The column that tells series apart; their rows may interleave. [default: none]", HelpName = "COLUMN" };

    private readonly FormatOptions _format = new(numbers: true, dates: true);

    public IEnumerable<Option> All => [.. OfColumns, _data, .. _format.All];

    /// <summary>Those that say what columns mean.</summary>
    public IEnumerable<Option> OfColumns => [_time, _targets, _series];

    /// <summary>The file that the user names; null: the program's own.</summary>
    public string? Path(ParseResult parsed) => parsed.GetValue(_data);

    public DataSource Read(ParseResult parsed)
    {
        string? path = Path(parsed);
        string? targets = parsed.GetValue(_targets) ?? (path is null ? ShippedTarget : null);
        return new DataSource(path ?? DataSource.Shipped, parsed.GetValue(_time), targets is null or "all" ? null : Names(targets),
            parsed.GetValue(_series))
        { Format = _format.Read(parsed) };
    }

    /// <summary>Rows in a season when the user does not say: by the data that comes with the program, or by the step of time.</summary>
    public static int UsualSeason(SeriesTable table)
    {
        if (table.Source.Path == DataSource.Shipped)
            return ShippedSeason;
        List<int> rows = table.Series.MaxBy(series => series.Rows.Count)!.Rows;
        // A season of which the data has not seen two is none.
        return table.Time?.Rhythm(rows).Season is { } season && season <= rows.Count / 2 ? season : 1;
    }

    /// <summary>The split when the user does not say: the one of the papers for their data.</summary>
    public static string UsualSplit(DataSource source) => source.Path == DataSource.Shipped ? "8640,2880,2880" : "0.7,0.1,0.2";

    private static string[] Names(string list)
    {
        string[] names = list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0)
            throw new UserError("--targets names no column.");
        return names.Distinct(StringComparer.Ordinal).Count() == names.Length
            ? names
            : throw new UserError($"--targets names a column twice: {list}.");
    }
}
