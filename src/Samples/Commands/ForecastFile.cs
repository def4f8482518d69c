using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Analysis;
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

    /// <summary>The forecasts after the last row of each series.</summary>
    /// <param name="table">The rows.</param>
    /// <param name="model">The model.</param>
    /// <param name="asked">The number of steps, null: the horizon; and the sample paths, null: default options.</param>
    public static IReadOnlyList<SeriesForecast> Of(SeriesTable table, ForecastingTransformer model, (int? Steps, SamplePaths? Paths) asked = default)
    {
        Forecasting task = model.Model.Task.Series!;
        if (task.ShortSeries == ShortSeries.Error)
            MustHold(table, task.Context, FormattableString.Invariant($"the model's context is {task.Context}"));
        int targets = task.TargetChannels.Count, steps = asked.Steps ?? task.Horizon;
        // In double: ML.NET's forecast column has only the seven digits of a float.
        DataFrame rows = table.Rows(Enumerable.Range(0, table.RowCount));
        ForecastTable forecasts = asked is (null, null) ? model.Forecast(rows) : model.Forecast(rows, steps, paths: asked.Paths);
        // A series that is too short may be left out.
        ILookup<string, ForecastRow> rowsOf = forecasts.ToLookup(row => row.Series ?? "");
        return [.. table.Series.Where(series => rowsOf.Contains(series.Key ?? "")).Select(series => new SeriesForecast(
            // In the file's form.
            series.Key, table.Time?.Rhythm(series.Rows).After(steps)
                ?? [.. Enumerable.Range(1, steps).Select(step => step.ToString(CultureInfo.InvariantCulture))],
            [.. rowsOf[series.Key ?? ""].Chunk(targets)]))];
    }

    public static void Write(string path, SeriesTable table, Forecasting task, IReadOnlyList<SeriesForecast> forecasts)
    {
        using var file = new StreamWriter(path);
        string[] names = [.. task.TargetChannels.SelectMany(target => task.Levels is { } levels
            ? levels.Select(level => FormattableString.Invariant($"{target} q{level}"))
            : forecasts[0].Steps[0][0].Lower is null ? [target] : [target, $"{target} lower", $"{target} upper"])];
        file.WriteLine(CsvText.Line([.. SeriesName(table), table.Source.Time ?? "step", .. names]));
        foreach (SeriesForecast series in forecasts)
        {
            foreach ((string time, ForecastRow[] step) in series.Times.Zip(series.Steps))
                file.WriteLine(CsvText.Line([.. series.Series is { } key ? [key] : Array.Empty<string>(), time, .. Written(step, table)]));
        }
    }

    /// <summary>The same forecasts as JSON, all numbers in full precision; a quantile has the name of its level.</summary>
    public static void WriteJson(string path, string model, SeriesTable table, (Forecasting Task, IReadOnlyList<SeriesForecast> All) forecasts)
    {
        using FileStream stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("command", "forecast");
        json.WriteString("model", model);
        json.WriteString("data", table.Source.Path == DataSource.Shipped ? Path.GetFileName(DataSource.Shipped) : table.Source.Path);
        json.WriteStartArray("forecasts");
        foreach (SeriesForecast series in forecasts.All)
        {
            foreach ((int step, (string time, ForecastRow[] targets)) in series.Times.Zip(series.Steps).Index())
            {
                foreach (ForecastRow target in targets)
                    WriteStep(json, forecasts.Task, target, (step + 1, time));
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteStep(Utf8JsonWriter json, Forecasting task, ForecastRow row, (int Number, string Time) step)
    {
        json.WriteStartObject();
        if (row.Series is not null)
            json.WriteString("series", row.Series);
        json.WriteNumber("step", step.Number);
        json.WriteString("time", step.Time);
        json.WriteString("target", row.Target);
        WriteNumber(json, "forecast", row.Forecast);
        foreach ((double level, double value) in (task.Levels ?? []).Zip(row.Quantiles))
            WriteNumber(json, FormattableString.Invariant($"q{level}"), value);
        if ((task.Levels is null || task.Intervals is not null) && row is { Lower: { } lower, Upper: { } upper })
        {
            WriteNumber(json, "lower", lower);
            WriteNumber(json, "upper", upper);
        }

        json.WriteEndObject();
    }

    // JSON has no NaN.
    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
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

/// <summary>The forecasts of one series.</summary>
/// <param name="Series">The value of the series column; null when all rows are one series.</param>
/// <param name="Times">The time of each step, as the file would have it.</param>
/// <param name="Steps">The targets of each step.</param>
internal sealed record SeriesForecast(string? Series, IReadOnlyList<string> Times, ForecastRow[][] Steps);
