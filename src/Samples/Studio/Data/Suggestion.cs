using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Studio.Data;

/// <summary>What is usually asked of a file.</summary>
/// <param name="Kind">The name of a kind of question.</param>
internal sealed record Suggestion(string Kind)
{
    // A window of this many horizons is often enough.
    private const int Contexts = 4, LongestContext = 168;
    private const double TrainPart = 0.7, ValidationPart = 0.1;
    private const int LongestSeason = 366;
    private const double RoundedYear = 0.01;
    private const int ManySteps = 8, FewRowsOfSeries = 8;

    public string? Series { get; init; }

    public IReadOnlyList<string> Targets { get; init; } = [];

    public string? Label { get; init; }

    public int Horizon { get; init; }

    public int Context { get; init; }

    public int Season { get; init; } = 1;

    /// <summary>What is usually asked if rows are steps of sequences.</summary>
    public required StepSuggestion Steps { get; init; }

    /// <summary>A first look, from the columns alone.</summary>
    public static Suggestion Of(CsvTable table, IReadOnlyList<ColumnSummary> columns)
    {
        string? label = table.Names.Like("label") is { } found ? table.Names.All[found] : null;
        ColumnSummary[] texts = [.. columns.Where(column => column.Kind == "text" && column.Missing == 0)];
        int numbers = columns.Count(column => column.Kind == "number");
        bool hasTime = columns.Any(column => column.Kind == "time");
        var steps = StepSuggestion.Of(table, columns);
        if (!hasTime && numbers >= ManySteps && (label ?? (texts.Length == 1 ? texts[0].Name : null)) is { } classes)
            return new Suggestion("classify") { Label = classes, Steps = steps };
        if (steps.Kind is { } kind)
            return new Suggestion(kind) { Label = steps.Tag, Steps = steps };
        // A text that repeats names series.
        string? series = texts.FirstOrDefault(column => column.Distinct > 1 && column.Distinct * FewRowsOfSeries <= table.RowCount)?.Name;
        return new Suggestion("forecast") { Series = series, Steps = steps };
    }

    /// <summary>With the steps of time known.</summary>
    public Suggestion For(SeriesTable rows, int season)
    {
        if (season == 1 && rows.Time is NumberTimes)
            season = OfYear(rows);
        int shortest = rows.Series.Min(series => series.Rows.Count);
        int wanted = season switch { 1 => 8, < 7 => 2 * season, 7 => 14, _ => season };
        int horizon = Math.Max(1, Math.Min(wanted, (int)(ValidationPart * shortest)));
        int room = (int)(TrainPart * shortest) - horizon;
        int context = Math.Min(Math.Min(Math.Max(Contexts * horizon, 2 * season), LongestContext), room / 2);
        return this with
        {
            Targets = rows.Targets is [.., var last] && rows.Targets.Count > 1 ? [rows.Targets.FirstOrDefault(name => name is "OT" or "y" or "value"
                or "target") ?? last] : rows.Targets,
            Horizon = horizon,
            Context = Math.Max(1, context),
            Season = season,
        };
    }

    // Times that are years with a part, such as 1949.083 for February: a season is a year.
    private static int OfYear(SeriesTable rows)
    {
        List<int> series = rows.Series.MaxBy(one => one.Rows.Count)!.Rows;
        double step = (rows.Time!.Position(series[^1]) - rows.Time.Position(series[0])) / Math.Max(1, series.Count - 1);
        double perYear = step is > 0 and < 1 ? 1 / step : 1;
        int season = (int)Math.Round(perYear);
        return season is > 1 and <= LongestSeason && Math.Abs(perYear - season) < RoundedYear * season && 2 * season <= series.Count ? season : 1;
    }
}
