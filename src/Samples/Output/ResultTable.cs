using System.Globalization;
using Spectre.Console;

namespace MLNet.Sequence.Samples.Output;

/// <summary>The results of a comparison as a table.</summary>
internal static class ResultTable
{
    private const string Name = "model";
    private static readonly string[] Training = ["parameters", "s/epoch", "epochs"], Errors = ["MSE", "MAE", "sMAPE %", "MASE"],
        Standardised = ["std. MSE", "std. MAE"];

    // The forms of the table, from the widest to the narrowest: 80 columns, a usual terminal, are too few for all.
    private static readonly string[][] Forms = [[Name, .. Training, .. Errors, .. Standardised], [Name, .. Training, .. Errors], [Name, .. Errors]];

    public static void Print(Terminal terminal, RecurrenceReport report)
    {
        // A recommended naive forecast is listed with the models.
        IEnumerable<ComparedBaseline> others = report.Baselines.Where(baseline => report.Models.All(model => model.Name != Dashed(baseline)));
        Dictionary<string, string>[] rows = [.. report.Models.Select(Row), .. others.Select(baseline => Scores(Dashed(baseline), baseline.Metrics))];
        // A table wider than the terminal loses the spaces between its columns.
        string[] columns = Forms.FirstOrDefault(form => Width(form, rows) <= terminal.Console.Profile.Width, Forms[^1]);
        var table = new Table { Border = terminal.IsInteractive ? TableBorder.Simple : TableBorder.Ascii };
        foreach (string column in columns)
            table.AddColumn(new TableColumn(column) { Alignment = column == Name ? Justify.Left : Justify.Right }.NoWrap().PadLeft(1)
                .PadRight(columns == Forms[0] ? 1 : 0));
        foreach (Dictionary<string, string> row in rows)
            table.AddRow([.. columns.Select(column => Markup.Escape(row.GetValueOrDefault(column, "")))]);
        terminal.Console.Write(table);
    }

    // A border and a space before each column and, in the widest form, a space after it.
    private static int Width(string[] form, Dictionary<string, string>[] rows) =>
        1 + form.Sum(column => rows.Select(row => row.GetValueOrDefault(column, "")).Append(column).Max(cell => cell.Length) + (form == Forms[0] ? 3 : 2));

    private static Dictionary<string, string> Row(ComparedModel model)
    {
        IReadOnlyList<EpochReport> epochs = model.Model.Report.Epochs;
        Dictionary<string, string> row = Scores(model.Name, model.Metrics);
        row["parameters"] = model.Model.ParameterCount.ToString("N0", CultureInfo.InvariantCulture);
        row["s/epoch"] = epochs.Select(epoch => epoch.Seconds).DefaultIfEmpty(double.NaN).Average().ToString("F2", CultureInfo.InvariantCulture);
        row["epochs"] = epochs.Count(epoch => epoch.Epoch > 0).ToString(CultureInfo.InvariantCulture);
        return row;
    }

    private static Dictionary<string, string> Scores(string name, IReadOnlyDictionary<string, double> metrics) => new(StringComparer.Ordinal)
    {
        [Name] = name,
        ["MSE"] = Number(metrics["mse"]),
        ["MAE"] = Number(metrics["mae"]),
        ["sMAPE %"] = Number(metrics["smape"]),
        ["MASE"] = Number(metrics["mase"]),
        ["std. MSE"] = Number(metrics["mseStandardised"]),
        ["std. MAE"] = Number(metrics["maeStandardised"]),
    };

    // The name of the matching reference.
    private static string Dashed(ComparedBaseline baseline) => baseline.Name.Replace(' ', '-');

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("G4", CultureInfo.InvariantCulture) : "-";
}
