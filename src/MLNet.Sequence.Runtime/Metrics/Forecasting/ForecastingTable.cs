using System.Globalization;
using System.Text;

namespace MLNet.Sequence.Metrics;

/// <summary>Prints <see cref="ForecastingMetrics"/> as an aligned table.</summary>
internal static class ForecastingTable
{
    /// <summary>The most targets or steps shown, so that a table still fits a screen; of more, only some are shown.</summary>
    private const int MostRows = 8;

    private static readonly string[] Header = ["", "MAE", "MSE", "RMSE", "sMAPE %", "MASE", "std. MSE", "std. MAE"];

    public static string Print(ForecastingMetrics metrics)
    {
        List<string[]> rows = [Header, Row("overall", metrics.Overall)];
        AddBaseline(rows, "naive", metrics.Naive, metrics.Count);
        AddBaseline(rows, "seasonal naive", metrics.SeasonalNaive, metrics.Count);
        foreach (ReferenceMetrics reference in metrics.References)
            AddBaseline(rows, reference.Name, reference.Metrics, metrics.Count);
        if (metrics.Targets.Count > 1)
            rows.AddRange(Pick(metrics.Targets.Count).Select(target => Row(metrics.Targets[target], metrics.PerTarget[target])));
        if (metrics.Horizon > 1)
            rows.AddRange(Pick(metrics.Horizon).Select(step => Row(Text($"step {step + 1}"), metrics.PerStep[step])));

        var table = new StringBuilder();
        table.Append(CultureInfo.InvariantCulture, $"{metrics.Count} windows ({metrics.LeftOut} left out), horizon {metrics.Horizon}, ")
            .Append(CultureInfo.InvariantCulture, $"targets {metrics.Targets.Count}, seasonality {metrics.Seasonality}").AppendLine();
        AlignedTable.Print(rows, table);
        AddFurther(metrics, table);
        return table.ToString();
    }

    private static void AddFurther(ForecastingMetrics metrics, StringBuilder table)
    {
        ForecastingScores all = metrics.Overall;
        string owa = double.IsNaN(metrics.OverallWeightedAverage) ? "" : $", OWA {Number(metrics.OverallWeightedAverage)}";
        table.AppendLine($"MAPE {Number(all.MeanAbsolutePercentageError)} %, WAPE {Number(all.WeightedAbsolutePercentageError)} %, "
            + $"RMSSE {Number(all.RootMeanSquaredScaledError)}{owa}");
        if (all.Quantiles is { } quantiles)
        {
            table.AppendLine($"CRPS {Number(quantiles.ContinuousRankedProbabilityScore)}, weighted quantile loss {Number(quantiles.WeightedQuantileLoss)}");
            foreach (IntervalScores interval in quantiles.Intervals)
            {
                table.AppendLine($"{Number(100 * interval.Level)} % interval: holds {Number(100 * interval.Coverage)} %, width {Number(interval.Width)}, "
                    + $"Winkler score {Number(interval.WinklerScore)}");
            }
        }

        if (metrics.PerSeries.Count > 1)
            table.AppendLine($"MASE of a series: {metrics.AcrossSeries(scores => scores.MeanAbsoluteScaledError)}");
        foreach (string remark in metrics.Remarks)
            table.AppendLine(remark);
    }

    private static void AddBaseline(List<string[]> rows, string name, ForecastingMetrics? baseline, long windows)
    {
        if (baseline is not null)
            rows.Add(Row(baseline.Count == windows ? name : Text($"{name} ({baseline.Count} of {windows} windows)"), baseline.Overall));
    }

    private static string[] Row(string name, ForecastingScores scores) =>
    [
        name,
        Number(scores.MeanAbsoluteError),
        Number(scores.MeanSquaredError),
        Number(scores.RootMeanSquaredError),
        Number(scores.SymmetricMeanAbsolutePercentageError),
        Number(scores.MeanAbsoluteScaledError),
        Number(scores.StandardizedMeanSquaredError),
        Number(scores.StandardizedMeanAbsoluteError),
    ];

    /// <summary>Indices from first to last, evenly spaced; all of them if they are few.</summary>
    private static IEnumerable<int> Pick(int count) => count <= MostRows
        ? Enumerable.Range(0, count)
        : Enumerable.Range(0, MostRows).Select(row => (int)((long)row * (count - 1) / (MostRows - 1)));

    private static string Number(double value) => value.ToString("G5", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
