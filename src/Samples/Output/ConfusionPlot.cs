using System.Globalization;
using ScottPlot;

namespace MLNet.Sequence.Samples.Output;

/// <summary>Draws a confusion matrix: a row for each actual class, a column for each predicted class.</summary>
internal static class ConfusionPlot
{
    private const int Margin = 260, Cell = 56, Smallest = 480, Largest = 1600, MostNumbers = 30;

    public static void Draw(string path, string name, SequenceClassificationMetrics metrics)
    {
        using var plot = new Plot();
        int classes = metrics.Classes.Count;
        var parts = new double[classes, classes];
        for (int actual = 0; actual < classes; actual++)
        {
            double all = Math.Max(1, metrics.ConfusionMatrix[actual].Sum());
            for (int predicted = 0; predicted < classes; predicted++)
            {
                long count = metrics.ConfusionMatrix[actual][predicted];
                parts[actual, predicted] = count / all;
                if (count > 0 && classes <= MostNumbers)
                    Number(plot, (predicted, classes - 1 - actual), count, light: count / all > 0.5);
            }
        }

        Heatmap(plot, parts);
        double[] places = [.. Enumerable.Range(0, classes).Select(place => (double)place)];
        plot.Axes.Bottom.SetTicks(places, [.. metrics.Classes]);
        plot.Axes.Left.SetTicks(places, [.. metrics.Classes.Reverse()]);
        plot.Axes.Bottom.TickLabelStyle.Rotation = 45;
        plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.UpperLeft;
        plot.Axes.Bottom.MinimumSize = plot.Axes.Left.MinimumSize = 20 + 8 * metrics.Classes.Max(one => one.Length);
        plot.Axes.Right.MinimumSize = 60;
        plot.Title(string.Create(CultureInfo.InvariantCulture, $"{name}: accuracy {metrics.Accuracy:P1}"));
        plot.XLabel("predicted");
        plot.YLabel("is");
        int size = Math.Clamp(Margin + Cell * classes, Smallest, Largest);
        plot.SavePng(path, size, size);
    }

    private static void Heatmap(Plot plot, double[,] parts)
    {
        var map = plot.Add.Heatmap(parts);
        map.Colormap = new ScottPlot.Colormaps.Blues().Reversed();
        map.ManualRange = new ScottPlot.Range(0, 1);
        // The numbers were added first: the heat map is drawn behind them.
        plot.MoveToBack(map);
        plot.Axes.Margins(0, 0);
        plot.HideGrid();
    }

    private static void Number(Plot plot, (double X, double Y) place, long count, bool light)
    {
        var text = plot.Add.Text(count.ToString(CultureInfo.InvariantCulture), place.X, place.Y);
        text.LabelFontColor = light ? Colors.White : Colors.Black;
        text.LabelAlignment = Alignment.MiddleCenter;
        text.LabelFontSize = 14;
    }
}
