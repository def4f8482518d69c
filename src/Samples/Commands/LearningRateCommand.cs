using System.CommandLine;
using System.Text.Json;
using Microsoft.ML;
using MLNet.Sequence.Samples.Commands.Options;
using MLNet.Sequence.Samples.Output;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>learning-rate: runs a range test, prints the suggested rate, and draws the curve.</summary>
internal sealed class LearningRateCommand
{
    private readonly Terminal _terminal;
    private readonly SourceOptions _source = new();
    private readonly TrainingFlags _training = new(TrainingDefaults.Windows);
    private readonly ModelOptions _trained = new();
    private readonly Option<int> _steps = NumberOption.Whole("--steps", "Number of steps from the lowest rate to the highest.", 100, least: 10);
    private readonly Option<string> _out =
        new("--out") { Description = "The folder for learning-rate.html.", HelpName = "DIR", DefaultValueFactory = _ => "out" };
    private readonly Option<string?> _json = new("--json") { Description = "The file for the suggestion and the curve as JSON.", HelpName = "FILE" };

    public LearningRateCommand(Terminal terminal) => _terminal = terminal;

    public Command Describe()
    {
        var command = new Command("learning-rate",
            "Looks for a good --learning-rate. The rate rises from step to step, and the loss shows where it is too high.");
        foreach (Option option in _source.All.Concat(_trained.All).Append(_steps).Concat(_training.OfSteps).Concat([_out, _json]))
            command.Add(option);
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string folder = parsed.GetValue(_out)!;
        StagedFiles.MustTake(folder, "--out");
        StagedFiles.MustTakeFile(parsed.GetValue(_json), "--json");
        Architecture architecture = _trained.ReadArchitecture(parsed);
        TrainingPlan training = _training.Read(parsed);
        MLContext ml = Host.Create(_terminal, training);
        SeriesTable table = SeriesTable.Read(_trained.Source(parsed, _source.Read(parsed)));
        _terminal.ShowNotes(table.Notes);
        TrainingOptions unseen = training.For(architecture.Name, new Progress<TrainingProgress>(), _terminal.Cancellation);
        SequenceForecaster forecaster = ml.Forecasting.Trainers.Sequence(architecture, _trained.Read(parsed, table, unseen, training.Stride));
        LearningRateCurve found = ml.Sequence.FindLearningRate(forecaster, table.Rows(Enumerable.Range(0, table.RowCount)), parsed.GetValue(_steps));
        using var files = new StagedFiles();
        File.WriteAllText(files.For(Path.Combine(folder, "learning-rate.html")), found.ToHtml(architecture.Name));
        if (parsed.GetValue(_json) is { } json)
            WriteJson(files.For(json), architecture.Name, found);
        files.Commit();
        _terminal.Output.WriteLine(
            FormattableString.Invariant($"{architecture.Name}: suggested --learning-rate {found.Suggestion:G2}, from {found.Curve.Count} steps."));
        _terminal.Output.WriteLine($"Written: {Path.GetRelativePath(Environment.CurrentDirectory, files.Places.First())}");
        return Cli.Success;
    }

    private static void WriteJson(string path, string model, LearningRateCurve found)
    {
        using FileStream stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("command", "learning-rate");
        json.WriteString("model", model);
        json.WriteNumber("suggestion", found.Suggestion);
        json.WriteStartArray("curve");
        foreach (LearningRateStep step in found.Curve)
        {
            json.WriteStartObject();
            json.WriteNumber("learningRate", step.LearningRate);
            json.WriteNumber("loss", step.Loss);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
