using System.Globalization;
using MLNet.Sequence.Model;
using MLNet.Sequence.Stability;
using Spectre.Console;

namespace MLNet.Sequence.Samples.Output;

/// <summary>The results of a comparison as a table.</summary>
internal static class ResultTable
{
    private static readonly string[] Narrow = ["mse", "mae", "smape", "mase"], Wide = [.. Narrow, "mseStandardised", "maeStandardised"];

    // What a usual terminal of 80 columns has no room for.
    private const int WideTerminal = 100;

    public static void Print(Terminal terminal, RecurrenceReport report)
    {
        bool wide = terminal.Console.Profile.Width >= WideTerminal;
        var table = new Table { Border = terminal.IsInteractive ? TableBorder.Simple : TableBorder.Ascii };
        table.AddColumn(new TableColumn("model").NoWrap().PadLeft(1).PadRight(wide ? 1 : 0));
        string[] standardised = wide ? ["std. MSE", "std. MAE"] : [];
        foreach (string name in (string[])["parameters", "s/epoch", "epochs", "MSE", "MAE", "sMAPE %", "MASE", .. standardised])
            table.AddColumn(new TableColumn(name).RightAligned().NoWrap().PadLeft(1).PadRight(wide ? 1 : 0));
        foreach (ComparedModel model in report.Models)
        {
            IReadOnlyList<EpochReport> epochs = model.Model.Report.Epochs;
            table.AddRow([
                Markup.Escape(model.Name),
                model.Model.ParameterCount.ToString("N0", CultureInfo.InvariantCulture),
                epochs.Select(epoch => epoch.Seconds).DefaultIfEmpty(double.NaN).Average().ToString("F2", CultureInfo.InvariantCulture),
                epochs.Count.ToString(CultureInfo.InvariantCulture),
                .. Scores(model.Metrics, wide),
            ]);
        }

        foreach (ComparedBaseline baseline in report.Baselines)
            table.AddRow([baseline.Name, "", "", "", .. Scores(baseline.Metrics, wide)]);

        terminal.Console.Write(table);
    }

    private static IEnumerable<string> Scores(IReadOnlyDictionary<string, double> metrics, bool wide) =>
        (wide ? Wide : Narrow).Select(name => Number(metrics[name]));

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("G4", CultureInfo.InvariantCulture) : "-";
}
