using System.Globalization;
using System.Text.Json;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Output;

/// <summary>The trials of a search as a table, the best first. It has no times, so that the same search gives the same file.</summary>
internal static class TuneTable
{
    public static void Write(string path, TuneReport report)
    {
        using StreamWriter file = File.CreateText(path);
        file.WriteLine(CsvText.Line(["trial", "architecture", "settings", "context", "learning rate", "batch size", "epochs", "loss", "failure"]));
        foreach (TuneTrial trial in report.Trials)
        {
            file.WriteLine(CsvText.Line(
            [
                Number(trial.Number + 1), trial.Settings.Architecture.Name, trial.Settings.Architecture.ToString(), Number(trial.Settings.Context),
                Number(trial.Settings.LearningRate), Number(trial.Settings.BatchSize), Number(trial.Epochs),
                double.IsFinite(trial.Loss) ? Number(trial.Loss) : "", trial.Failure ?? "",
            ]));
        }
    }

    public static void WriteJson(string path, TuneReport report)
    {
        using FileStream stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("command", "tune");
        json.WriteString("metric", report.Metric);
        json.WriteString("stopped", report.StoppedBecause);
        json.WriteNumber("best", report.Best.Number + 1);
        json.WriteStartArray("trials");
        foreach (TuneTrial trial in report.Trials)
            Write(json, trial);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TuneTrial trial)
    {
        json.WriteStartObject();
        json.WriteNumber("trial", trial.Number + 1);
        json.WriteString("settings", trial.Settings.ToString());
        json.WriteNumber("epochs", trial.Epochs);
        // JSON has no NaN.
        if (double.IsFinite(trial.Loss))
            json.WriteNumber("loss", trial.Loss);
        else
            json.WriteNull("loss");
        json.WriteNumber("seconds", trial.Seconds);
        json.WriteString("failure", trial.Failure);
        json.WriteEndObject();
    }

    private static string Number(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture) ?? "";
}
