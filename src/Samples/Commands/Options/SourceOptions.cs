using System.CommandLine;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Commands.Options;

/// <summary>Which file is read, and what its columns mean.</summary>
internal sealed class SourceOptions
{
    private const string ShippedTarget = "OT";
    private const int ShippedSeason = 24;

    private readonly Option<string?> _data =
        new("--data")
        {
            Description = "A CSV file (.csv or .csv.gz) with a header line. [default: ETTh1, which comes with the program]",
            HelpName = "FILE"
        };
    private readonly Option<string?> _time = new("--time")
    {
        Description = "The column of dates, numbers or sortable text that ascends within a series. "
            + "[default: a column named date, datetime, timestamp, time or ds in any case, else the only column of dates]",
        HelpName = "COLUMN"
    };
    private readonly Option<string?> _targets = new("--targets")
    {
        Description = "The columns to forecast, separated by commas (a name with a comma in quotes), or 'all' numeric columns. "
            + "[default: OT for the program's own data, else all]",
        HelpName = "COL,COL|all"
    };
    private readonly Option<string?> _series =
        new("--series") { Description = "The column that names the series of each row; series may be mixed. [default: none]", HelpName = "COLUMN" };

    private readonly FormatOptions _format = new(numbers: true, dates: true);

    public IEnumerable<Option> All => [.. OfColumns, _data, .. _format.All];

    /// <summary>The options for the meaning of columns.</summary>
    public IEnumerable<Option> OfColumns => [_time, _targets, _series];

    /// <summary>The file that the user names; null: the program's own data.</summary>
    public string? Path(ParseResult parsed) => parsed.GetValue(_data);

    public DataSource Read(ParseResult parsed)
    {
        string? path = Path(parsed);
        string? targets = parsed.GetValue(_targets) ?? (path is null ? ShippedTarget : null);
        return new DataSource(path ?? DataSource.Shipped, parsed.GetValue(_time), targets is null or "all" ? null : Names(targets),
            parsed.GetValue(_series))
        { Format = _format.Read(parsed) };
    }

    /// <summary>The default season in rows: known for the program's own data, otherwise from the time step.</summary>
    public static int UsualSeason(SeriesTable table)
    {
        if (table.Source.Path == DataSource.Shipped)
            return ShippedSeason;
        List<int> rows = table.Series.MaxBy(series => series.Rows.Count)!.Rows;
        // A season counts only if the data covers it at least twice.
        return table.Time?.Rhythm(rows).Season is { } season && season <= rows.Count / 2 ? season : 1;
    }

    /// <summary>The default split: for the program's own data the one of the papers.</summary>
    public static string UsualSplit(DataSource source) => source.Path == DataSource.Shipped ? "8640,2880,2880" : "0.7,0.1,0.2";

    private static string[] Names(string list)
    {
        string[] names = CsvText.Typed(list);
        if (names.Length == 0)
            throw new UserError("--targets names no column.");
        return names.Distinct(StringComparer.Ordinal).Count() == names.Length
            ? names
            : throw new UserError($"--targets has a column twice: {list}.");
    }
}
