using System.Globalization;
using System.Text;
using MLNet.Sequence.Metrics;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence.Forecasts;

/// <summary>The last values of a target before its forecasts, oldest first.</summary>
/// <param name="Series">The key of the series; null: the rows are one series.</param>
/// <param name="Target">The target.</param>
/// <param name="Values">The values; NaN: missing.</param>
internal sealed record ForecastPast(string? Series, string Target, double[] Values);

/// <summary>What the page of a table of forecasts shows: fan charts and the table.</summary>
internal static class ForecastContent
{
    private const string Blue = "#2563eb", Gray = "#64748b";
    private const int MostCharts = 6, MostRows = 20;

    /// <param name="table">The forecasts.</param>
    /// <param name="past">The values before them.</param>
    /// <param name="form">What the table has.</param>
    public static ReportContent Of(ForecastTable table, IReadOnlyList<ForecastPast> past, ForecastForm form)
    {
        int series = table.Select(row => row.Series).Distinct().Count();
        string[] targets = [.. table.Select(row => row.Target).Distinct()];
        string where = form.Task.SeriesColumnName is null ? "the series" : $"{series} series";
        string which = past.Count > MostCharts ? $" Drawn are the first {MostCharts} of {past.Count}." : "";
        return new("Forecasts")
        {
            Summary = string.Create(CultureInfo.InvariantCulture, $"{form.Steps} steps after the last row of {where}, of {string.Join(", ", targets)}."
                + $"{which}"),
            Charts = [.. past.Take(MostCharts).Select(one => Chart(one, [.. table.Where(row => row.Series == one.Series && row.Target == one.Target)], form))],
            Tables = [Table(table, form)],
        };
    }

    /// <summary>The first rows as aligned text.</summary>
    public static string Text(ReportContent content)
    {
        ReportTable table = content.Tables[0];
        var text = new StringBuilder().AppendLine(content.Summary);
        AlignedTable.Print([[.. table.Columns.Select(column => column.Name)], .. Enumerable.Range(0, Math.Min(MostRows, table.Rows))
            .Select(row => table.Columns.Select(column => column.Text(row)).ToArray())], text);
        if (table.Rows > MostRows)
            text.Append(CultureInfo.InvariantCulture, $"(the first {MostRows} of {table.Rows} rows)");
        return text.ToString().TrimEnd();
    }

    private static ReportTable Table(ForecastTable table, ForecastForm form)
    {
        NumberColumn Column(string name, Func<ForecastRow, double?> value) => new(name, [.. table.Select(value)], "G7");
        (Forecasting task, IReadOnlyList<double> levels) = (form.Task, form.Levels);
        return new("Forecasts",
        [
            .. task.SeriesColumnName is { } series ? [new TextColumn(series, [.. table.Select(row => row.Series ?? "")])] : Array.Empty<ReportColumn>(),
            .. task.TimeColumnName is { } time ? Times(table, time) : [],
            new CountColumn("Step", [.. table.Select(row => (long)row.Step)]),
            new TextColumn("Target", [.. table.Select(row => row.Target)]),
            Column("Forecast", row => row.Forecast),
            .. form.HasBounds
                ? [Column("Lower", row => row.Lower), Column("Upper", row => row.Upper)]
                : Array.Empty<ReportColumn>(),
            .. levels.Select((level, place) => Column(ForecastTable.LevelName(level), row => row.Quantiles[place])),
        ]);
    }

    private static IEnumerable<ReportColumn> Times(ForecastTable table, string name) => table switch
    {
        [{ Time: not null }, ..] => [new TimeColumn(name, [.. table.Select(row => row.Time!.Value)])],
        [{ Number: not null }, ..] => [new NumberColumn(name, [.. table.Select(row => row.Number)], "G10")],
        _ => [],
    };

    // The last value is where the forecasts begin. Between the outer quantiles the fan is light, between the inner ones darker.
    private static ReportChart Chart(ForecastPast past, ForecastRow[] ahead, ForecastForm form)
    {
        string name = past.Series is null ? past.Target : $"{past.Target} of {past.Series}";
        (double X, double Y)[] before = [.. past.Values.Select((value, i) => (i + 1.0 - past.Values.Length, value))];
        (double X, double Y) last = before.LastOrDefault(point => double.IsFinite(point.Y), (X: double.NaN, Y: double.NaN));
        var across = new ChartAxis(before[0].X, Math.Max(form.Steps, before[0].X + 1), IsLogarithmic: false);
        IEnumerable<(double Step, double Low, double High)> bounds =
            [.. ahead.Select(row => ((double)row.Step, row.Lower ?? row.Forecast, row.Upper ?? row.Forecast))];
        var up = ChartAxis.Around(
            [.. past.Values, .. ahead.SelectMany(row => row.Quantiles.Append(row.Forecast)), .. bounds.SelectMany(bound => new[] { bound.Low, bound.High })],
            isLogarithmic: false);
        var chart = new SvgChart(across, up) { Top = 30 };
        chart.Axes("steps after the last row", "", across.Ticks(), up.Ticks());
        chart.Legend(("known", Gray, false), ("forecast", Blue, false));
        int levels = form.Levels.Count;
        if (form.Confidence is { } confidence)
        {
            string share = string.Create(CultureInfo.InvariantCulture, $"{100 * confidence:G3} % interval");
            chart.Band([(last.X, last.Y, last.Y), .. bounds], Blue, share);
        }

        for (int level = 0; level < levels / 2; level++)
        {
            string share = string.Create(CultureInfo.InvariantCulture, $"{form.Levels[level]} to {form.Levels[levels - 1 - level]}");
            int low = level, high = levels - 1 - level;
            chart.Band([(last.X, last.Y, last.Y), .. ahead.Select(row => ((double)row.Step, row.Quantiles[low], row.Quantiles[high]))], Blue, share);
        }

        chart.Upright(0, "").Line(before, Gray, dashed: false, "known");
        chart.Line([last, .. ahead.Select(row => ((double)row.Step, row.Forecast))], Blue, dashed: false, "forecast");
        string dates = ahead is [{ Time: { } from }, .., { Time: { } to }]
            ? string.Create(CultureInfo.InvariantCulture, $" From {from:yyyy-MM-dd HH:mm} to {to:yyyy-MM-dd HH:mm}.") : "";
        string fan = levels > 1 ? " The fan lies between the quantiles." : form.Confidence is not null ? " The fan is the interval." : "";
        return new ReportChart(name, chart.Write($"Forecast of {name}"), $"The last known values, and the forecast after them.{fan}{dates}");
    }
}
