using System.Globalization;
using System.Text.Json;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Output;

/// <summary>The results of a backtest as a table and as JSON.</summary>
internal static class BacktestFiles
{
    private static readonly (string Name, Func<ForecastingScores, double> Of)[] Measures =
    [
        ("mae", scores => scores.MeanAbsoluteError),
        ("mse", scores => scores.MeanSquaredError),
        ("rmse", scores => scores.RootMeanSquaredError),
        ("mape", scores => scores.MeanAbsolutePercentageError),
        ("wape", scores => scores.WeightedAbsolutePercentageError),
        ("smape", scores => scores.SymmetricMeanAbsolutePercentageError),
        ("mase", scores => scores.MeanAbsoluteScaledError),
        ("rmsse", scores => scores.RootMeanSquaredScaledError),
    ];

    /// <summary>One line for the model, each reference, each fold and each series; a measure that is not defined is empty.</summary>
    public static void WriteTable(string path, string model, BacktestResult result)
    {
        using StreamWriter file = File.CreateText(path);
        file.WriteLine(CsvText.Line(["of", "name", "windows", .. Measures.Select(measure => measure.Name)]));
        void Line(string of, string name, long windows, ForecastingScores scores) => file.WriteLine(CsvText.Line(
            [of, name, windows.ToString(CultureInfo.InvariantCulture), .. Measures.Select(measure => Number(measure.Of(scores)))]));
        Line("model", model, result.Metrics.Count, result.Metrics.Overall);
        foreach ((string name, ForecastingMetrics metrics) in Baselines(result.Metrics))
            Line("reference", name, metrics.Count, metrics.Overall);
        foreach ((int fold, ForecastingMetrics metrics) in result.Folds.Select(fold => (fold.Fold, fold.Metrics)))
            Line("fold", FormattableString.Invariant($"{fold + 1}"), metrics.Count, metrics.Overall);
        foreach (SeriesScores series in result.Metrics.PerSeries)
            Line("series", series.Series, series.Count, series.Scores);
    }

    public static void WriteJson(string path, string model, BacktestResult result)
    {
        using FileStream stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("command", "backtest");
        json.WriteString("model", model);
        Write(json, "all", result.Metrics.Count, result.Metrics.Overall);
        Write(json, "owa", result.Metrics.OverallWeightedAverage);
        List(json, "folds", result.Folds.Select(fold => new Part(null, fold.Metrics.Count, fold.Metrics.Overall)));
        List(json, "references", Baselines(result.Metrics).Select(one => new Part(one.Name, one.Metrics.Count, one.Metrics.Overall)));
        List(json, "series", result.Metrics.PerSeries.Select(one => new Part(one.Series, one.Count, one.Scores)));
        json.WriteStartArray("remarks");
        foreach (string remark in result.Metrics.Remarks)
            json.WriteStringValue(remark);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static IEnumerable<ReferenceMetrics> Baselines(ForecastingMetrics metrics) =>
        new[] { ("naive", metrics.Naive), ("seasonal naive", metrics.SeasonalNaive) }.Where(one => one.Item2 is not null)
            .Select(one => new ReferenceMetrics(one.Item1, one.Item2!)).Concat(metrics.References);

    private static void List(Utf8JsonWriter json, string name, IEnumerable<Part> all)
    {
        json.WriteStartArray(name);
        foreach ((string? own, long windows, ForecastingScores scores) in all)
        {
            json.WriteStartObject();
            if (own is not null)
                json.WriteString("name", own);
            Members(json, windows, scores);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, long windows, ForecastingScores scores)
    {
        json.WriteStartObject(name);
        Members(json, windows, scores);
        json.WriteEndObject();
    }

    private static void Members(Utf8JsonWriter json, long windows, ForecastingScores scores)
    {
        json.WriteNumber("windows", windows);
        foreach ((string measure, Func<ForecastingScores, double> of) in Measures)
            Write(json, measure, of(scores));
    }

    // A measure that is not defined.
    private static void Write(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : "";

    /// <summary>The scores of a part of the windows.</summary>
    private sealed record Part(string? Name, long Windows, ForecastingScores Scores);
}
