using System.Globalization;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence.Model;

/// <summary>What the page of a training shows.</summary>
internal static class TrainingContent
{
    private const string Training = "#2563eb", Validation = "#ea580c";

    public static ReportContent Of(TrainingReport report) => new("Training")
    {
        Summary = report.StoppedBecause + (report.LossName.Length > 0 ? $" Loss: {report.LossName}." : "")
            + (report.Newton is { } newton ? $" {newton}" : ""),
        Facts =
        [
            .. report.Epochs is [{ Epoch: 0 }] ? Array.Empty<ReportFact>() : [new("epoch whose weights the model has", Count(report.BestEpoch))],
            new("training examples", Count(report.TrainingExamples)),
            new("validation examples", Count(report.ValidationExamples)),
            new($"{report.Device}, {report.Threads}, seed {report.Seed}", report.Seconds.ToString("F1", CultureInfo.InvariantCulture) + " s"),
        ],
        Charts = report.Epochs.Count > 1
            ? [new("Loss", Curve(report), "Mean loss of each epoch. The vertical line is at the epoch whose weights the model has.")]
            : [],
        Tables = [Table(report)],
    };

    private static ReportTable Table(TrainingReport report)
    {
        IReadOnlyList<EpochReport> epochs = report.Epochs;
        return new("Epochs",
            new CountColumn("epoch", [.. epochs.Select(epoch => (long)epoch.Epoch)]),
            new CountColumn("step", [.. epochs.Select(epoch => epoch.Step)]),
            new NumberColumn("loss", epochs.Select(epoch => epoch.Loss), "G6"),
            new NumberColumn("validation loss", [.. epochs.Select(epoch => epoch.ValidationLoss)], "G6"),
            new NumberColumn("learning rate", epochs.Select(epoch => epoch.LearningRate), "G4"),
            new NumberColumn("gradient norm", epochs.Select(epoch => epoch.GradientNorm), "G4"),
            new NumberColumn("largest norm", [.. epochs.Select(epoch => epoch.Gradients?.Largest)], "G4"),
            new NumberColumn("steps clipped %", [.. epochs.Select(epoch => 100 * epoch.Gradients?.Clipped)], "F1"),
            new NumberColumn("seconds", epochs.Select(epoch => epoch.Seconds), "F2"));
    }

    private static string Curve(TrainingReport report)
    {
        (double Epoch, double Loss)[] training = [.. report.Epochs.Select(epoch => ((double)epoch.Epoch, epoch.Loss))];
        (double Epoch, double Loss)[] validation = [.. report.Epochs.Select(epoch => ((double)epoch.Epoch, epoch.ValidationLoss ?? double.NaN))];
        var across = ChartAxis.Around(training.Select(point => point.Epoch), isLogarithmic: false);
        var up = ChartAxis.Around(training.Concat(validation).Select(point => point.Loss), isLogarithmic: false);
        var chart = new SvgChart(across, up) { Top = 30 };
        chart.Axes("epoch", "loss", across.Ticks().Where(tick => tick.At == Math.Round(tick.At)), up.Ticks());
        bool hasValidation = validation.Any(point => double.IsFinite(point.Loss));
        chart.Legend([("training", Training, false), .. hasValidation ? [("validation", Validation, true)] : Array.Empty<(string, string, bool)>()]);
        if (report.BestEpoch > 0)
            chart.Upright(report.BestEpoch, "best");
        chart.Line(training, Training, dashed: false, "training");
        if (hasValidation)
            chart.Line(validation, Validation, dashed: true, "validation");
        return chart.Write("Loss of each epoch");
    }

    private static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);
}
