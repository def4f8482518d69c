using System.Globalization;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace MLNet.Sequence.Samples.Output;

/// <summary>Draws the loss of a range test over the logarithm of the rate.</summary>
internal static class LearningRatePlot
{
    private const int Width = 800, Height = 450;

    public static void Draw(string path, string name, LearningRateCurve found)
    {
        using var plot = new Plot();
        double[] rates = [.. found.Curve.Select(step => Math.Log10(step.LearningRate))];
        Scatter losses = plot.Add.ScatterLine(rates, found.Curve.Select(step => step.Loss).ToArray(), Colors.SteelBlue);
        losses.LegendText = "loss";
        losses.LineWidth = 2;
        VerticalLine suggestion = plot.Add.VerticalLine(Math.Log10(found.Suggestion), 1, Colors.DarkOrange, LinePattern.Dashed);
        suggestion.LegendText = string.Create(CultureInfo.InvariantCulture, $"suggested: {found.Suggestion:G2}");
        plot.Title($"Learning-rate range test of {name}");
        plot.XLabel("learning rate");
        plot.YLabel("loss");
        plot.ShowLegend(Edge.Right);
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic
        {
            IntegerTicksOnly = true,
            LabelFormatter = exponent => string.Create(CultureInfo.InvariantCulture, $"1e{exponent:0}"),
        };
        plot.SavePng(path, Width, Height);
    }
}
