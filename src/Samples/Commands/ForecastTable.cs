using System.Globalization;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>forecasts.csv: for every series the steps after its last row.</summary>
internal static class ForecastTable
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
        if (task.Levels is not null)
            throw new UserError("The model forecasts quantiles, which this command cannot write: use it in your own program, with Transform or "
                + "SequenceModel.Forecast.");

        MustHold(table, task.Context, FormattableString.Invariant($"the model's context is {task.Context}"));
        using var file = new StreamWriter(path);
        IReadOnlyList<string> targets = task.TargetChannels;
        int[] digits = [.. targets.Select((_, target) => table.Decimals(target))];
        file.WriteLine(CsvText.Line([.. SeriesName(table), table.Source.Time ?? "step", .. targets]));
        foreach (SeriesRows series in table.Series)
        {
            IReadOnlyList<string> times = table.Time?.Rhythm(series.Rows).After(task.Horizon)
                ?? [.. Enumerable.Range(1, task.Horizon).Select(step => step.ToString(CultureInfo.InvariantCulture))];
            // In double: ML.NET's forecast column has only the seven digits of a float.
            int steps = task.CarriesState ? series.Rows.Count : task.Context;
            double[] window = [.. series.Rows.TakeLast(steps).SelectMany(row => table.Targets.Select((_, channel) => table.Value(row, channel)))];
            foreach ((string time, double[] values) in times.Zip(model.Model.Forecast(window, series.Key).Chunk(targets.Count)))
                file.WriteLine(CsvText.Line(
                    [.. series.Key is { } key ? [key] : Array.Empty<string>(), time, .. values.Select((value, target) => Written(value, digits[target]))]));
        }

        return task.Horizon;
    }

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
