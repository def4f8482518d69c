using System.Globalization;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>forecasts.csv: for every series the steps after its last row.</summary>
internal static class ForecastFile
{
    private const int Significant = 7, MostDecimals = 15;

    public static void MustHold(SeriesTable table, int rows, string reason)
    {
        SeriesRows? tooShort = table.Series.FirstOrDefault(series => series.Rows.Count < rows);
        if (tooShort is not null)
        {
            throw new UserError(string.Create(CultureInfo.InvariantCulture,
                $"'{table.Source.Path}'{(tooShort.Key is null ? "" : $", series '{tooShort.Key}'")}: it has {tooShort.Rows.Count} rows; at least {rows} "
                    + $"are needed ({reason})."));
        }
    }

    /// <returns>The number of steps.</returns>
    public static int Write(string path, SeriesTable table, ForecastingTransformer model)
    {
        Forecasting task = model.Model.Task.Series!;
        MustHold(table, task.Context, FormattableString.Invariant($"the model's context is {task.Context}"));
        // In double: ML.NET's forecast column has only the seven digits of a float.
        ForecastTable forecasts = model.Forecast(table.Rows(Enumerable.Range(0, table.RowCount)));
        using var file = new StreamWriter(path);
        IReadOnlyList<string> targets = task.TargetChannels;
        string[] names = [.. targets.SelectMany(target => task.Levels is { } levels
            ? levels.Select(level => FormattableString.Invariant($"{target} q{level}"))
            : task.Intervals is null ? [target] : [target, $"{target} lower", $"{target} upper"])];
        file.WriteLine(CsvText.Line([.. SeriesName(table), table.Source.Time ?? "step", .. names]));
        foreach ((SeriesRows series, ForecastRow[] rows) in table.Series.Zip(forecasts.Chunk(task.Horizon * targets.Count)))
        {
            // In the file's form.
            IReadOnlyList<string> times = table.Time?.Rhythm(series.Rows).After(task.Horizon)
                ?? [.. Enumerable.Range(1, task.Horizon).Select(step => step.ToString(CultureInfo.InvariantCulture))];
            foreach ((string time, ForecastRow[] step) in times.Zip(rows.Chunk(targets.Count)))
                file.WriteLine(CsvText.Line([.. series.Key is { } key ? [key] : Array.Empty<string>(), time, .. Written(step, table)]));
        }

        return task.Horizon;
    }

    private static IEnumerable<string> Written(ForecastRow[] step, SeriesTable table) => step.Index().SelectMany(target =>
        Values(target.Item).Select(value => Written(value, table.Decimals(target.Index))));

    private static IReadOnlyList<double> Values(ForecastRow row) => row switch
    {
        { Quantiles.Count: > 0 } => row.Quantiles,
        { Lower: { } lower, Upper: { } upper } => [row.Forecast, lower, upper],
        _ => [row.Forecast],
    };

    // Numbers with as many decimals as the file has, and at least seven digits in all.
    private static string Written(double value, int decimals)
    {
        if (!double.IsFinite(value))
            return value.ToString(CultureInfo.InvariantCulture);
        int whole = value == 0 ? 1 : (int)Math.Floor(Math.Log10(Math.Abs(value))) + 1;
        return value.ToString($"F{Math.Clamp(Significant - whole, decimals, Math.Max(decimals, MostDecimals))}", CultureInfo.InvariantCulture);
    }

    private static string[] SeriesName(SeriesTable table) => table.Source.Series is { } name ? [name] : [];
}
