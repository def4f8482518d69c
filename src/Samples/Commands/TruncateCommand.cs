using System.CommandLine;
using System.Text.Json;
using Microsoft.Data.Analysis;
using Microsoft.ML;
using MLNet.Sequence.Samples.Commands.Options;
using MLNet.Sequence.Samples.Output;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>truncate: reduces a saved model to the fewest last steps that a tolerance allows, with a certified error where possible.</summary>
internal sealed class TruncateCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string> _model = new("--model") { Description = "A model saved by compare.", HelpName = "FILE", Required = true };
    private readonly Option<string?> _data =
        new("--data")
        {
            Description = "A CSV file with the model's columns; the error is measured on it. [default: ETTh1, which comes with the program]",
            HelpName = "FILE"
        };
    private readonly Option<double?> _tolerance = NumberOption.RealOrNone("--tolerance", "The largest error allowed, in the units of the data; above 0.");
    private readonly FormatOptions _format = new(numbers: true, dates: true);
    private readonly Option<string> _out =
        new("--out") { Description = "The folder for truncated.zip, the truncated model.", HelpName = "DIR", DefaultValueFactory = _ => "out" };
    private readonly Option<string?> _json =
        new("--json") { Description = "The file for steps, bound, largestError and certified as JSON.", HelpName = "FILE" };

    public TruncateCommand(Terminal terminal) => _terminal = terminal;

    public Command Describe()
    {
        var command = new Command(
            "truncate", "Makes a feed-forward model of a saved one: its network reads only the last steps. The error is certified if possible, else measured.");
        foreach (Option option in (IEnumerable<Option>)[_model, _data, .. _format.All, _tolerance, _out, _json])
            command.Add(option);
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string folder = parsed.GetValue(_out)!;
        StagedFiles.MustTake(folder, "--out");
        if (parsed.GetValue(_tolerance) is not > 0)
            throw new UserError("--tolerance must be a number above 0: the largest error allowed, in the units of the data.");
        StagedFiles.MustTakeFile(parsed.GetValue(_json), "--json");
        var ml = new MLContext();
        using ForecastingTransformer model = SavedModel.Load(ml, parsed.GetValue(_model)!);
        SeriesTable table = SavedModel.Read(model.Model, parsed.GetValue(_data), _format.Read(parsed));
        _terminal.ShowNotes(table.Notes);
        DataFrame rows = table.Rows(Enumerable.Range(0, table.RowCount));
        TruncationReport report = ml.Sequence.Truncate(model.Model, rows, parsed.GetValue(_tolerance)!.Value);
        Write(report, folder, parsed.GetValue(_json));
        return Cli.Success;
    }

    private void Write(TruncationReport report, string folder, string? json)
    {
        using var files = new StagedFiles();
        report.Model.Save(files.For(Path.Combine(folder, "truncated.zip")));
        if (json is not null)
            WriteJson(files.For(json), report);
        files.Commit();
        _terminal.Output.WriteLine(report);
        foreach (string place in files.Places)
            _terminal.Output.WriteLine($"Written: {Path.GetRelativePath(Environment.CurrentDirectory, place)}");
    }

    private static void WriteJson(string path, TruncationReport report)
    {
        using FileStream stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("steps", report.Steps);
        json.WriteNumber("bound", report.Bound);
        json.WriteNumber("largestError", report.LargestError);
        json.WriteBoolean("certified", report.Certified);
        json.WriteEndObject();
    }
}
