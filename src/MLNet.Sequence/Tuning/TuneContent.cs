using System.Globalization;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence.Tuning;

/// <summary>What the page of a search shows.</summary>
internal static class TuneContent
{
    public static ReportContent Of(TuneReport report) => new("Search for a forecaster")
    {
        Summary = string.Create(CultureInfo.InvariantCulture,
            $"{report.Trials.Count} trials; {report.StoppedBecause} Best: {report.Best}."),
        Facts = [new("measure", report.Metric), new("architecture", report.Best.Settings.Architecture.ToString())],
        Tables =
        [
            new("Trials",
                new CountColumn("trial", [.. report.Trials.Select(trial => trial.Number + 1L)]),
                new TextColumn("architecture", [.. report.Trials.Select(trial => trial.Settings.Architecture.ToString())]),
                new NumberColumn("context", [.. report.Trials.Select(trial => (double?)trial.Settings.Context)], "F0"),
                new NumberColumn("rate", [.. report.Trials.Select(trial => trial.Settings.LearningRate)], "G4"),
                new NumberColumn("batch", [.. report.Trials.Select(trial => (double?)trial.Settings.BatchSize)], "F0"),
                new TextColumn("normalisation", [.. report.Trials.Select(trial => trial.Settings.Normalization?.ToString() ?? "–")]),
                new CountColumn("epochs", [.. report.Trials.Select(trial => (long)trial.Epochs)]),
                new NumberColumn("loss", report.Trials.Select(trial => trial.Loss), "G5"),
                new NumberColumn("seconds", report.Trials.Select(trial => trial.Seconds), "F1"),
                new TextColumn("failure", [.. report.Trials.Select(trial => trial.Failure ?? "")])),
        ],
    };
}
