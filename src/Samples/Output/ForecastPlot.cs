using Microsoft.ML;
using MLNet.Sequence.Reports;
using MLNet.Sequence.Samples.Commands;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Output;

/// <summary>Draws the last test window of the first series: context, actual values, and each model's forecast.</summary>
internal static class ForecastPlot
{
    private const int Width = 1000, Height = 360, MostTargets = 3;

    private static readonly string[] Colors = ["#2563eb", "#ea580c", "#0d9488", "#db2777", "#7c3aed", "#ca8a04", "#0891b2", "#dc2626", "#65a30d", "#9f1239"];

    public static void Draw(string path, SplitTable data, IReadOnlyList<NamedForecaster> models, (int Context, int Horizon) shape)
    {
        SeriesTable table = data.Table;
        SeriesRows series = table.Series[0];
        var test = new HashSet<int>(data.TestRows);
        int[] rows = [.. series.Rows.Where(test.Contains).TakeLast(shape.Context + shape.Horizon)];
        IDataView window = table.Rows(rows);
        var origin = new HashSet<long> { shape.Context - 1 };
        (string Name, float[] Values)[] forecasts = [.. models.Select(model => (model.Name, ForecastValues.At(model.Fitted.Transform(window), origin)[0]))];
        SvgChart[] charts = [.. Enumerable.Range(0, Math.Min(table.Targets.Count, MostTargets))
            .Select(target => Draw(table, rows, (target, shape.Context), forecasts))];
        File.WriteAllText(path, SvgChart.File($"Forecasts{(series.Key is null ? "" : $" of {series.Key}")}", charts));
    }

    private static SvgChart Draw(SeriesTable table, int[] rows, (int Target, int Context) what, (string Name, float[] Values)[] forecasts)
    {
        double[] x = [.. rows.Select(row => table.Time?.Position(row) ?? row)];
        double[] actual = [.. rows.Select(row => table.Value(row, what.Target))];
        // Lines start at the last known value, so that there is no gap.
        int last = what.Context - 1;
        (string Name, double[] Values, string Color)[] curves =
        [
            ("actual", actual, "#64748b"),
            .. forecasts.Select((forecast, i) => (forecast.Name, Steps(forecast.Values, table.Targets.Count, what.Target).Prepend(actual[last]).ToArray(),
                Colors[i % Colors.Length])),
        ];
        var across = new ChartAxis(x[0], x[^1], IsLogarithmic: false);
        var up = ChartAxis.Around(curves.SelectMany(curve => curve.Values), isLogarithmic: false);
        var chart = new SvgChart(across, up, left: 84) { Width = Width, Height = Height, Top = 30 };
        chart.Axes(table.Source.Time ?? "row", table.Targets[what.Target], table.Time?.IsDate == true ? across.Dates() : across.Ticks(), up.Ticks());
        chart.Legend(curves.Select(curve => (curve.Name, curve.Color, false)));
        chart.Upright(x[last], "");
        foreach ((string name, double[] values, string color) in curves)
            chart.Line(x[(x.Length - values.Length)..].Zip(values), color, dashed: false, name);
        return chart;
    }

    private static IEnumerable<double> Steps(float[] values, int targets, int target) =>
        values.Where((_, i) => i % targets == target).Select(value => (double)value);
}
