using System.Globalization;
using MLNet.Sequence.Samples.Commands;
using MLNet.Sequence.Tasks.Metrics;
using Spectre.Console;

namespace MLNet.Sequence.Samples.Output;

/// <summary>The results of a comparison as a table.</summary>
internal static class ResultTable
{
    public static void Print(Terminal terminal, Comparison comparison)
    {
        var table = new Table { Border = terminal.IsInteractive ? TableBorder.Rounded : TableBorder.Ascii };
        table.AddColumn("model");
        foreach (string name in new[] { "parameters", "s/epoch", "epochs", "MSE", "MAE", "sMAPE %", "MASE", "std. MSE", "std. MAE" })
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (TrainedModel model in comparison.Models)
        {
            table.AddRow([
                Markup.Escape(model.Name),
                model.Fitted.Model.ParameterCount.ToString("N0", CultureInfo.InvariantCulture),
                model.SecondsPerEpoch.ToString("F2", CultureInfo.InvariantCulture),
                model.Epochs.ToString(CultureInfo.InvariantCulture),
                .. Scores(model.Metrics.Overall),
            ]);
        }

        foreach ((string name, ForecastingScores? scores) in new[] { ("naive", comparison.Naive), ("seasonal naive", comparison.SeasonalNaive) })
        {
            if (scores is not null)
                table.AddRow([name, "", "", "", .. Scores(scores)]);
        }

        terminal.Console.Write(table);
    }

    private static string[] Scores(ForecastingScores scores) =>
    [
        Number(scores.MeanSquaredError),
        Number(scores.MeanAbsoluteError),
        Number(scores.SymmetricMeanAbsolutePercentageError),
        Number(scores.MeanAbsoluteScaledError),
        Number(scores.StandardizedMeanSquaredError),
        Number(scores.StandardizedMeanAbsoluteError),
    ];

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("G4", CultureInfo.InvariantCulture) : "-";
}
