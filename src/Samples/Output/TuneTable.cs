using System.Globalization;
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

    private static string Number(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture) ?? "";
}
