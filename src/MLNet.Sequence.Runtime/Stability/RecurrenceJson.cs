using System.Text.Json;
using MLNet.Sequence.Model;
using MLNet.Sequence.Tasks.Metrics;

namespace MLNet.Sequence.Stability;

/// <summary>A report as JSON, all numbers in full precision.</summary>
internal static class RecurrenceJson
{
    private const double Tolerance = 1e-3;

    public static void Write(Utf8JsonWriter json, RecurrenceReport report)
    {
        json.WriteStartArray("results");
        foreach (ComparedModel model in report.Models)
            Write(json, model);
        json.WriteEndArray();
        json.WriteStartObject("baselines");
        foreach (string name in new[] { "naive", "seasonal naive" })
            Write(json, name == "naive" ? name : "seasonalNaive", report.Baselines.FirstOrDefault(baseline => baseline.Name == name)?.Scores);
        json.WriteEndObject();
        json.WriteStartObject("comparisons");
        Write(json, "feedForwardAgainstRecurrent", report.FeedForwardAgainstRecurrent);
        Write(json, "stableAgainstUnconstrained", report.StableAgainstUnconstrained);
        json.WriteEndObject();
        json.WriteStartObject("recommendation");
        json.WriteString("architecture", report.Recommendation.Architecture);
        json.WriteBoolean("needsRecurrence", report.Recommendation.NeedsRecurrence);
        json.WriteString("because", report.Recommendation.Because);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ComparedModel model)
    {
        TrainingReport report = model.Model.Report;
        json.WriteStartObject();
        json.WriteString("architecture", model.Name);
        json.WriteNumber("parameters", model.Model.ParameterCount);
        json.WriteNumber("epochs", report.Epochs.Count);
        Write(json, "secondsPerEpoch", report.Epochs.Select(epoch => epoch.Seconds).DefaultIfEmpty(double.NaN).Average());
        Write(json, "metrics", model.Metrics.Overall);
        MemoryCertificate certificate = model.Certificate;
        json.WriteStartObject("certificate");
        json.WriteBoolean("certified", certificate.IsCertified);
        Write(json, "lambda", certificate.Lambda ?? double.NaN);
        json.WriteString("norm", certificate.Norm);
        Write(json, "receptiveField", certificate.ReceptiveField ?? double.NaN);
        Write(json, "stepsFor1e3", certificate.StepsFor(Tolerance) ?? double.NaN);
        json.WriteEndObject();
        json.WriteStartObject("horizon");
        json.WriteNumber("stepsFor1Percent", model.Horizon.Steps);
        Write(json, "lyapunov", model.Horizon.LyapunovExponent ?? double.NaN);
        json.WriteEndObject();
        Write(json, "stepMicroseconds", model.StepMicroseconds);
        json.WriteStartObject("error");
        Write(json, "mean", model.Error);
        Write(json, "low", model.ErrorLow);
        Write(json, "high", model.ErrorHigh);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, PairedDifference? difference)
    {
        if (difference is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("first", difference.First);
        json.WriteString("second", difference.Second);
        Write(json, "relative", difference.Relative);
        Write(json, "low", difference.Low);
        Write(json, "high", difference.High);
        json.WriteString("verdict", JsonNamingPolicy.CamelCase.ConvertName(difference.Verdict.ToString()));
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
