using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace MLNet.Sequence.Samples.Output;

/// <summary>Draws loss and validation loss over the epochs.</summary>
internal static class TrainingPlot
{
    private const int Width = 800, Height = 450;

    public static void Draw(string path, string name, TrainingReport report)
    {
        using var plot = new Plot();
        Curve(plot, "training", report.Epochs.Select(epoch => (epoch.Epoch, (double?)epoch.Loss)), Colors.SteelBlue);
        Curve(plot, "validation", report.Epochs.Select(epoch => (epoch.Epoch, epoch.ValidationLoss)), Colors.DarkOrange);
        if (report.BestEpoch > 0)
        {
            VerticalLine best = plot.Add.VerticalLine(report.BestEpoch, 1, Colors.Gray, LinePattern.Dashed);
            best.LegendText = "best";
        }

        plot.Title($"Training of {name}");
        plot.XLabel("epoch");
        plot.YLabel("loss");
        plot.ShowLegend(Edge.Right);
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { IntegerTicksOnly = true };
        plot.SavePng(path, Width, Height);
    }

    private static void Curve(Plot plot, string name, IEnumerable<(int Epoch, double? Loss)> points, Color color)
    {
        (int Epoch, double? Loss)[] known = [.. points.Where(point => point.Loss is not null)];
        if (known.Length == 0)
            return;
        Scatter curve = plot.Add.Scatter([.. known.Select(point => (double)point.Epoch)], known.Select(point => point.Loss!.Value).ToArray(), color);
        curve.LegendText = name;
        curve.LineWidth = 2;
    }
}
