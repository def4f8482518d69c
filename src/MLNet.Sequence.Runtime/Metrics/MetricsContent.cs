using System.Globalization;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence.Metrics;

/// <summary>What the pages of evaluations show.</summary>
internal static class MetricsContent
{
    private const string Blue = "#2563eb", Gray = "#64748b", Brown = "#ca8a04";

    // More classes have no room for numbers in their cells.
    private const int MostNumbers = 24;

    public static ReportContent Of(ForecastingMetrics metrics)
    {
        (string Name, ForecastingMetrics Metrics)[] rivals = [.. Named("naive", metrics.Naive), .. Named("seasonal naive", metrics.SeasonalNaive)];
        IEnumerable<(string Name, ForecastingMetrics Metrics)> references = metrics.References.Select(reference => (reference.Name, reference.Metrics));
        (string Name, ForecastingScores Scores)[] rows =
        [
            ("overall", metrics.Overall),
            .. rivals.Concat(references).Select(rival => (rival.Metrics.Count == metrics.Count ? rival.Name
                : string.Create(CultureInfo.InvariantCulture, $"{rival.Name} ({rival.Metrics.Count} of {metrics.Count} windows)"), rival.Metrics.Overall)),
            .. metrics.Targets.Count > 1 ? metrics.Targets.Zip(metrics.PerTarget) : [],
            .. metrics.Horizon > 1
                ? metrics.PerStep.Select((scores, step) => (string.Create(CultureInfo.InvariantCulture, $"step {step + 1}"), scores))
                : [],
        ];
        return new("Errors of forecasts")
        {
            Summary = string.Create(CultureInfo.InvariantCulture, $"{metrics.Count} windows ({metrics.LeftOut} left out), horizon {metrics.Horizon}, targets "
                + $"{metrics.Targets.Count}, seasonality {metrics.Seasonality}."),
            Charts = metrics.Horizon > 1
                ? [new("Error by step", BySteps(metrics, rivals), "The mean absolute error of each step of the horizon, next to that of naive forecasts.")]
                : [],
            Facts = double.IsNaN(metrics.OverallWeightedAverage) ? []
                : [new("OWA", metrics.OverallWeightedAverage.ToString("G5", CultureInfo.InvariantCulture))],
            Tables = [Scores(rows)],
        };
    }

    public static ReportContent Of(SequenceClassificationMetrics metrics) => new("Errors of classes")
    {
        Summary = string.Create(CultureInfo.InvariantCulture, $"{metrics.Count} sequences ({metrics.LeftOut} left out), {metrics.Classes.Count} classes."),
        Facts =
        [
            Measure("accuracy (micro F1)", metrics.Accuracy, metrics.Intervals, nameof(metrics.Accuracy)),
            Measure("macro F1", metrics.MacroF1, metrics.Intervals, nameof(metrics.MacroF1)),
            Measure("Cohen's kappa", metrics.CohenKappa, metrics.Intervals, nameof(metrics.CohenKappa)),
            Measure("log-loss", metrics.LogLoss, metrics.Intervals, nameof(metrics.LogLoss)),
        ],
        Charts = [new("Confusion", Confusion(metrics), "A row for each actual class, a column for each predicted class; colour by the share of the row.")],
        Tables = [Classes("Classes", "class", "count", metrics.PerClass)],
    };

    public static ReportContent Of(SequenceTagMetrics metrics) => new("Errors of tags")
    {
        Summary = string.Create(CultureInfo.InvariantCulture, $"{metrics.Count} sequences, {metrics.Steps} steps, {metrics.Overall.Count} spans."),
        Facts =
        [
            Measure("token accuracy", metrics.TokenAccuracy, metrics.Intervals, nameof(metrics.TokenAccuracy)),
            Measure("span precision", metrics.Precision, metrics.Intervals, nameof(metrics.Precision)),
            Measure("span recall", metrics.Recall, metrics.Intervals, nameof(metrics.Recall)),
            Measure("span F1", metrics.F1, metrics.Intervals, nameof(metrics.F1)),
        ],
        Tables = [Classes("Labels", "label", "spans", metrics.PerLabel)],
    };

    public static ReportContent Of(SequenceRegressionMetrics metrics)
    {
        NumberScores[] rows = [metrics.Overall, .. metrics.PerNumber.Count > 1 ? metrics.PerNumber : []];
        return new("Errors of numbers")
        {
            Summary = string.Create(CultureInfo.InvariantCulture, $"{metrics.Count} sequences ({metrics.LeftOut} left out), "
                + $"{metrics.PerNumber.Count} numbers each."),
            Facts = [.. metrics.Intervals.Select(interval => new ReportFact($"interval of {interval.Key}", interval.Value.ToString()))],
            Tables =
            [
                new("Errors",
                    new TextColumn("", [.. rows.Select(row => row.Name)]),
                    new NumberColumn("MAE", rows.Select(row => row.MeanAbsoluteError), "G5"),
                    new NumberColumn("MSE", rows.Select(row => row.MeanSquaredError), "G5"),
                    new NumberColumn("RMSE", rows.Select(row => row.RootMeanSquaredError), "G5"),
                    new NumberColumn("R squared", rows.Select(row => row.RSquared), "F4")),
            ],
        };
    }

    public static ReportContent Of(NextStepMetrics metrics) => new("Errors of next steps")
    {
        Summary = metrics.ToString().Split(Environment.NewLine)[0],
        Facts = [.. metrics.Intervals.Select(interval => new ReportFact($"interval of {interval.Key}", interval.Value.ToString()))],
        Tables =
        [
            new("Losses",
                new CountColumn("sequences", [metrics.Count]),
                new CountColumn("steps", [metrics.Steps]),
                new NumberColumn("loss", [metrics.Loss], "F4"),
                new NumberColumn("perplexity", [metrics.Perplexity], "F2"),
                new NumberColumn("bits per token", [metrics.BitsPerToken], "F4")),
        ],
    };

    public static ReportContent Of(SequenceToSequenceMetrics metrics) => new("Quality of predicted sequences")
    {
        Summary = string.Create(CultureInfo.InvariantCulture, $"{metrics.Count} pairs. BLEU {metrics.BleuSignature}, chrF2 {metrics.ChrFSignature}."),
        Facts =
        [
            Measure("BLEU", metrics.Bleu, metrics.Intervals, nameof(metrics.Bleu)),
            Measure("chrF2", metrics.ChrF, metrics.Intervals, nameof(metrics.ChrF)),
            Measure("exact match", metrics.ExactMatch, metrics.Intervals, nameof(metrics.ExactMatch)),
            Measure("token accuracy", metrics.TokenAccuracy, metrics.Intervals, nameof(metrics.TokenAccuracy)),
        ],
        Tables =
        [
            new("Precisions",
                new TextColumn("n-grams", [.. metrics.Precisions.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1}"))]),
                new NumberColumn("precision %", metrics.Precisions, "F2")),
        ],
    };

    private static ReportTable Scores((string Name, ForecastingScores Scores)[] rows) => new("Errors",
        new TextColumn("", [.. rows.Select(row => row.Name)]),
        new NumberColumn("MAE", rows.Select(row => row.Scores.MeanAbsoluteError), "G5"),
        new NumberColumn("MSE", rows.Select(row => row.Scores.MeanSquaredError), "G5"),
        new NumberColumn("RMSE", rows.Select(row => row.Scores.RootMeanSquaredError), "G5"),
        new NumberColumn("MAPE %", rows.Select(row => row.Scores.MeanAbsolutePercentageError), "G5"),
        new NumberColumn("WAPE %", rows.Select(row => row.Scores.WeightedAbsolutePercentageError), "G5"),
        new NumberColumn("sMAPE %", rows.Select(row => row.Scores.SymmetricMeanAbsolutePercentageError), "G5"),
        new NumberColumn("RMSSE", rows.Select(row => row.Scores.RootMeanSquaredScaledError), "G5"),
        new NumberColumn("MASE", rows.Select(row => row.Scores.MeanAbsoluteScaledError), "G5"),
        new NumberColumn("std. MSE", rows.Select(row => row.Scores.StandardizedMeanSquaredError), "G5"),
        new NumberColumn("std. MAE", rows.Select(row => row.Scores.StandardizedMeanAbsoluteError), "G5"));

    private static ReportTable Classes(string name, string what, string count, IReadOnlyList<ClassScores> scores) => new(name,
        new TextColumn(what, [.. scores.Select(one => one.Name)]),
        new NumberColumn("precision", scores.Select(one => one.Precision), "F4"),
        new NumberColumn("recall", scores.Select(one => one.Recall), "F4"),
        new NumberColumn("F1", scores.Select(one => one.F1), "F4"),
        new CountColumn(count, [.. scores.Select(one => one.Count)]));

    private static string BySteps(ForecastingMetrics metrics, (string Name, ForecastingMetrics Metrics)[] rivals)
    {
        (string Name, ForecastingMetrics Metrics, string Color)[] curves =
            [("model", metrics, Blue), .. rivals.Select((rival, i) => (rival.Name, rival.Metrics, i == 0 ? Gray : Brown))];
        var across = new ChartAxis(0.5, metrics.Horizon + 0.5, IsLogarithmic: false);
        var up = ChartAxis.Around(curves.SelectMany(curve => curve.Metrics.PerStep.Select(step => step.MeanAbsoluteError)), isLogarithmic: false);
        var chart = new SvgChart(across, up, left: 84) { Top = 30 };
        chart.Axes("step of the horizon", "mean absolute error", across.Ticks().Where(tick => tick.At == Math.Round(tick.At)), up.Ticks());
        chart.Legend(curves.Select((curve, i) => (curve.Name, curve.Color, i > 0)));
        foreach ((string name, ForecastingMetrics scores, string color) in curves)
            chart.Line(scores.PerStep.Select((step, i) => (i + 1.0, step.MeanAbsoluteError)), color, color != Blue, name);
        return chart.Write("The mean absolute error of each step");
    }

    /// <summary>The counts of actual and predicted classes as a map: the first actual class is the top row.</summary>
    public static SvgChart Confusions(SequenceClassificationMetrics metrics)
    {
        int classes = metrics.Classes.Count, letters = metrics.Classes.Max(name => name.Length);
        int left = Math.Clamp(24 + 7 * letters, 60, 180), size = Math.Clamp(44 * classes, 240, 900);
        var axis = new ChartAxis(0, classes, IsLogarithmic: false);
        var chart = new SvgChart(axis, axis, left) { Width = left + 14 + size, Height = size + 58 };
        IEnumerable<(double, string)> Names(bool upwards) => metrics.Classes.Select((name, i) => ((upwards ? classes - i : i + 1) - 0.5, name));
        // Long names fit only beside their rows: columns have the same order.
        bool fits = 7 * letters < size / classes;
        chart.Axes("predicted", "actual", fits ? Names(upwards: false) : [], Names(upwards: true));
        for (int actual = 0; actual < classes; actual++)
        {
            double all = Math.Max(1, metrics.ConfusionMatrix[actual].Sum());
            for (int predicted = 0; predicted < classes; predicted++)
            {
                long count = metrics.ConfusionMatrix[actual][predicted];
                if (count == 0)
                    continue;
                string title = string.Create(CultureInfo.InvariantCulture, $"{metrics.Classes[actual]}, predicted as {metrics.Classes[predicted]}: {count}");
                chart.Cell((predicted, classes - 1 - actual), (predicted + 1, classes - actual), (Blue, 0.1 + 0.6 * count / all), title);
                if (classes <= MostNumbers)
                    chart.Word(predicted + 0.5, classes - actual - 0.5, count.ToString(CultureInfo.InvariantCulture));
            }
        }

        return chart;
    }

    private static string Confusion(SequenceClassificationMetrics metrics) => Confusions(metrics).Write("Actual and predicted classes");

    private static ReportFact Measure(string title, double value, IReadOnlyDictionary<string, ConfidenceInterval> intervals, string name)
    {
        string[] cells = AlignedTable.Measure(title, value, intervals, name);
        return new ReportFact(cells[2].Length == 0 ? title : $"{title}, interval {cells[2]}", cells[1]);
    }

    private static IEnumerable<(string, ForecastingMetrics)> Named(string name, ForecastingMetrics? metrics) => metrics is null ? [] : [(name, metrics)];
}
