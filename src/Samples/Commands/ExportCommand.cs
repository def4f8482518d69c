using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using MLNet.Sequence.Samples.Commands.Options;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Samples.Output;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>export: writes a saved model as ONNX, for whole sequences and for single steps, and compares both with the library.</summary>
internal sealed class ExportCommand(Terminal terminal)
{
    private readonly Option<string> _model =
        new("--model") { Description = "A model saved by a command or by the library.", HelpName = "FILE", Required = true };
    private readonly Option<string?> _data =
        new("--data") { Description = "For a forecaster: a CSV file whose windows are compared. [default: random sequences]", HelpName = "FILE" };
    private readonly FormatOptions _format = new(numbers: true, dates: true);
    private readonly Option<string?> _series =
        new("--series")
        {
            Description = "For a forecaster: the series whose scaling is written. [default: the scaling of all series together]",
            HelpName = "KEY"
        };
    private readonly Option<string> _out = new("--out") { Description = "The folder for the ONNX models.", HelpName = "DIR", DefaultValueFactory = _ => "out" };
    private readonly Option<string?> _json = new("--json") { Description = "The file for the differences as JSON.", HelpName = "FILE" };

    private sealed record Form(string Place, OnnxDifference? Difference, string? Missing);

    public Command Describe()
    {
        var command = new Command(
            "export", "Writes a saved model as ONNX, for whole sequences and for single steps, and reports how much ONNX Runtime differs from the library. A "
                + "model of pairs is written as an encoder and a step of its decoder.");
        foreach (Option option in (IEnumerable<Option>)[_model, _data, .. _format.All, _series, _out, _json])
            command.Add(option);
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        (string path, string folder, string? series, string? json) = (parsed.GetValue(_model)!, parsed.GetValue(_out)!,
            parsed.GetValue(_series), parsed.GetValue(_json));
        StagedFiles.MustTake(folder, "--out");
        StagedFiles.MustTakeFile(json, "--json");
        if (parsed.GetValue(_data) is null && _format.All.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } format)
            throw new UserError($"{format.Name} gives the format of the --data file: give both, or neither.");
        SequenceModel model = SavedModel.LoadModel(new MLContext(), path);
        CheckSequences sequences = parsed.GetValue(_data) is { } data
            ? CheckSequences.Of(model, data, _format.Read(parsed))
            : CheckSequences.Random(model, series);
        using var files = new StagedFiles();
        string Place(string mode) => Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(path)}-{mode}.onnx");
        Form[] forms = model.Task.TargetInput is null
            ? WriteBoth(files, Place, (model, series), new OnnxCheck(model, sequences, series))
            : WritePair(files, Place, (model, series), new OnnxPairCheck(model, sequences));
        if (json is not null)
            WriteJson(files.For(json), path, sequences, forms);
        files.Commit();
        foreach (Form form in forms)
            Print(form, sequences);
        return Cli.Success;
    }

    private static Form[] WriteBoth(StagedFiles files, Func<string, string> place, (SequenceModel Model, string? Series) of, OnnxCheck check) =>
    [
        Write(files, place("sequence"), file => of.Model.SaveOnnx(file, new OnnxOptions { Series = of.Series }), check.Whole),
        Write(files, place("step"), file => of.Model.SaveOnnx(file, new OnnxOptions { Mode = OnnxMode.Step, Series = of.Series }), check.Steps),
    ];

    // An encoder, and a step of its decoder.
    private static Form[] WritePair(StagedFiles files, Func<string, string> place, (SequenceModel Model, string? Series) of, OnnxPairCheck check)
    {
        string[] places = [place("encoder"), place("decoder-step")], staged = [.. places.Select(files.For)];
        of.Model.SaveOnnxPair(staged[0], staged[1], new OnnxOptions { Series = of.Series });
        foreach ((_, string at) in staged.Zip(places).Where(one => File.Exists(one.First + ".data")))
            files.For(at + ".data");
        return [new Form(places[0], check.Encoder(staged[0]), null), new Form(places[1], check.Decoder(staged[0], staged[1]), null)];
    }

    private static Form Write(StagedFiles files, string place, Action<string> save, Func<string, OnnxDifference> check)
    {
        string staged = files.For(place);
        try
        {
            save(staged);
        }
        catch (NotSupportedException reason)
        {
            // Not every model can be exported for single steps.
            files.Forget(staged);
            return new Form(place, null, reason.Message);
        }

        // Where large weights are stored.
        if (File.Exists(staged + ".data"))
            files.For(place + ".data");
        return new Form(place, check(staged), null);
    }

    private void Print(Form form, CheckSequences sequences)
    {
        string name = Path.GetRelativePath(Environment.CurrentDirectory, form.Place);
        terminal.Output.WriteLine(form.Difference is { } difference
            ? string.Create(CultureInfo.InvariantCulture, $"{name}: {difference.Shapes}; largest difference from the library {difference.Largest:E1} "
                + $"(relative {difference.Relative:E1}) on {sequences.Rows.Count} sequences of {sequences.Steps} steps")
            : $"{name}: not written. {form.Missing}");
    }

    private static void WriteJson(string path, string model, CheckSequences sequences, Form[] forms)
    {
        using FileStream stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("command", "export");
        json.WriteString("model", model);
        json.WriteNumber("sequences", sequences.Rows.Count);
        json.WriteNumber("steps", sequences.Steps);
        json.WriteStartArray("forms");
        foreach (Form form in forms)
        {
            json.WriteStartObject();
            json.WriteString("file", Path.GetFileName(form.Place));
            if (form.Difference is { } difference)
            {
                json.WriteNumber("largestDifference", difference.Largest);
                json.WriteNumber("relativeDifference", difference.Relative);
            }
            else
            {
                json.WriteString("notWritten", form.Missing);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
