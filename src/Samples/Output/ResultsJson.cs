using System.Text.Json;
using MLNet.Sequence.Samples.Commands;
using MLNet.Sequence.Tasks.Metrics;

namespace MLNet.Sequence.Samples.Output;

/// <summary>The results of a comparison as one JSON object, all numbers in full precision.</summary>
internal static class ResultsJson
{
    public static void Write(string path, Comparison comparison)
    {
        using FileStream stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("command", "compare");
        json.WriteString("data", comparison.Data);
        json.WriteNumber("rows", comparison.Rows);
        json.WriteStartArray("results");
        foreach (TrainedModel model in comparison.Models)
            Write(json, model);
        json.WriteEndArray();
        json.WriteStartObject("baselines");
        Write(json, "naive", comparison.Naive);
        Write(json, "seasonalNaive", comparison.SeasonalNaive);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TrainedModel model)
    {
        json.WriteStartObject();
        json.WriteString("architecture", model.Name);
        json.WriteNumber("parameters", model.Fitted.Model.ParameterCount);
        json.WriteNumber("epochs", model.Epochs);
        Write(json, "secondsPerEpoch", model.SecondsPerEpoch);
        Write(json, "metrics", model.Metrics.Overall);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, ForecastingScores? scores)
    {
        if (scores is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        Write(json, "mse", scores.MeanSquaredError);
        Write(json, "mae", scores.MeanAbsoluteError);
        Write(json, "rmse", scores.RootMeanSquaredError);
        Write(json, "smape", scores.SymmetricMeanAbsolutePercentageError);
        Write(json, "mase", scores.MeanAbsoluteScaledError);
        Write(json, "mseStandardised", scores.StandardizedMeanSquaredError);
        Write(json, "maeStandardised", scores.StandardizedMeanAbsoluteError);
        json.WriteEndObject();
    }

    // JSON has no NaN: a measure that nothing defines is null.
    private static void Write(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }
}
