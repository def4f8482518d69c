using System.Globalization;
using Microsoft.ML;
using MLNet.Sequence.Samples.Commands;
using MLNet.Sequence.Samples.Series;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace MLNet.Sequence.Samples.Output;

/// <summary>Draws the last test window of the first series: context, actual values, and each model's forecast.</summary>
internal static class ForecastPlot
{
    private const int Width = 1200, RowHeight = 420, MostTargets = 3;

    public static void Draw(string path, SplitTable data, IReadOnlyList<NamedForecaster> models, (int Context, int Horizon) shape)
    {
        SeriesTable table = data.Table;
        SeriesRows series = table.Series[0];
        var test = new HashSet<int>(data.TestRows);
        int[] rows = [.. series.Rows.Where(test.Contains).TakeLast(shape.Context + shape.Horizon)];
        IDataView window = table.Rows(rows);
        var origin = new HashSet<long> { shape.Context - 1 };
        (string Name, float[] Values)[] forecasts = [.. models.Select(model => (model.Name, ForecastValues.At(model.Fitted.Transform(window), origin)[0]))];

        var plots = new Multiplot();
        int targets = Math.Min(table.Targets.Count, MostTargets);
        plots.AddPlots(targets);
        for (int target = 0; target < targets; target++)
            Draw(plots.GetPlot(target), table, rows, (target, shape.Context), forecasts);
        if (series.Key is not null)
            plots.GetPlot(0).Title($"{series.Key}: {table.Targets[0]}");
        plots.SavePng(path, Width, RowHeight * targets);
    }

    private static void Draw(
        Plot plot, SeriesTable table, int[] rows, (int Target, int Context) what, IEnumerable<(string Name, float[] Values)> forecasts)
    {
        double[] x = [.. rows.Select(row => table.Time?.Position(row) ?? row)];
        double[] actual = [.. rows.Select(row => table.Value(row, what.Target))];
        Line(plot, "context", x[..what.Context], actual[..what.Context], Colors.Gray);
        // Lines start at the last known value, so that there is no gap.
        int last = what.Context - 1;
        Line(plot, "actual", x[last..], actual[last..], Colors.Black);
        var palette = new ScottPlot.Palettes.Category10();
        int color = 0;
        foreach ((string name, float[] values) in forecasts)
        {
            IEnumerable<double> steps = values.Where((_, i) => i % table.Targets.Count == what.Target).Select(value => (double)value);
            Line(plot, name, x[last..], [actual[last], .. steps], palette.GetColor(color++));
        }

        plot.Add.VerticalLine(x[last], 1, Colors.LightGray, LinePattern.Dashed);
        plot.Title(table.Targets[what.Target]);
        plot.ShowLegend(Edge.Right);
        if (table.Time?.IsDate == true)
            plot.Axes.DateTimeTicksBottom().TickGenerator = new DateTimeAutomatic { LabelFormatter = Label };
        plot.XLabel(table.Source.Time ?? "row");
    }

    // Dates are written in the international standard form, not in that of one country.
    private static string Label(DateTime time) =>
        time.ToString(time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd\nHH:mm", CultureInfo.InvariantCulture);

    private static void Line(Plot plot, string name, double[] x, double[] y, Color color)
    {
        Scatter line = plot.Add.ScatterLine(x, y, color);
        line.LegendText = name;
        line.LineWidth = 2;
    }
}
