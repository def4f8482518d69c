using System.CommandLine;
using Microsoft.ML;
using MLNet.Sequence.Samples.Commands.Options;
using MLNet.Sequence.Samples.Output;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>
/// forecast: trains one architecture, validated on the last tenth of each series, or loads a saved model, and writes the forecasts after
/// the last row.
/// </summary>
internal sealed class ForecastCommand
{
    private readonly Terminal _terminal;
    private readonly SourceOptions _source = new();
    private readonly TrainingFlags _training = new(TrainingDefaults.Windows);
    private readonly ModelOptions _trained = new();
    private readonly Option<string?> _model =
        new("--model") { Description = "A model saved by compare. Nothing is trained; columns, context and horizon are the model's.", HelpName = "FILE" };
    private readonly Option<int?> _steps = NumberOption.WholeOrNone("--steps", "Rows to forecast after the last one. Beyond the model's horizon it goes on "
        + "from its own forecasts. [default: the horizon]");
    private readonly Option<int?> _paths = NumberOption.WholeOrNone("--paths", "Sample paths of a model of distributions, which give the bounds beyond its "
        + "horizon. [default: 200]");
    private readonly Option<string> _out = new("--out") { Description = "The folder for forecasts.csv.", HelpName = "DIR", DefaultValueFactory = _ => "out" };
    private readonly Option<string?> _json = new("--json") { Description = "The file for the forecasts as JSON.", HelpName = "FILE" };

    public ForecastCommand(Terminal terminal) => _terminal = terminal;

    public Command Describe()
    {
        var command = new Command("forecast", "Trains a model, or loads one, and writes forecasts.csv: the steps after the last row. "
            + "The last tenth of each series is not trained on: it is used to choose the best epoch.");
        foreach (Option option in _source.All.Concat(_trained.All).Concat([_model, _steps, _paths]).Concat(_training.All).Concat([_out, _json]))
            command.Add(option);
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string folder = parsed.GetValue(_out)!;
        StagedFiles.MustTake(folder, "--out");
        StagedFiles.MustTakeFile(parsed.GetValue(_json), "--json");
        DataSource source = _source.Read(parsed);
        TrainingPlan training = _training.Read(parsed);
        MLContext ml = Host.Create(_terminal, training);
        (SeriesTable table, ForecastingTransformer model) = parsed.GetValue(_model) is { } path
            ? Load(parsed, ml, path, source)
            : Train(parsed, ml, training, source);
        _terminal.ShowNotes(table.Notes);
        using (model)
            Write((folder, parsed.GetValue(_json)), table, model, (parsed.GetValue(_steps), Paths(parsed, model.Model.Task.Series!.Output)));
        return Cli.Success;
    }

    private (SeriesTable Table, ForecastingTransformer Model) Load(ParseResult parsed, MLContext ml, string path, DataSource source)
    {
        Option[] own = [.. _source.OfColumns, .. _trained.All, .. _training.OfTrainingAlone];
        string[] given = [.. own.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name)];
        if (given.Length > 0)
            throw new UserError($"--model brings its own columns, context, horizon and architecture, and is not trained: leave out "
                + $"{string.Join(", ", given)}.");
        ForecastingTransformer model = SavedModel.Load(ml, path);
        return (SavedModel.Read(model.Model, _source.Path(parsed), source.Format), model);
    }

    private (SeriesTable Table, ForecastingTransformer Model) Train(ParseResult parsed, MLContext ml, TrainingPlan training, DataSource source)
    {
        Architecture architecture = _trained.ReadArchitecture(parsed);
        SeriesTable table = SeriesTable.Read(_trained.Source(parsed, source));
        // Checked before the progress display opens: an error is one message, not a progress bar and a message.
        TrainingOptions unseen = training.For(architecture.Name, new Progress<TrainingProgress>(), _terminal.Cancellation);
        ForecastingOptions options = _trained.Read(parsed, table, unseen, training.Stride);
        ml.Forecasting.Trainers.Sequence(architecture, options);
        Paths(parsed, options.Output);
        ForecastingTransformer model = TrainingDisplay.For(_terminal).Show(architecture.Name, progress =>
            ml.Forecasting.Trainers.Sequence(architecture, options with { Training = training.For(architecture.Name, progress, _terminal.Cancellation) })
                .Fit(table.Rows(Enumerable.Range(0, table.RowCount))));
        _terminal.Output.WriteLine($"{architecture.Name}: {model.Model.Report.StoppedBecause}");
        return (table, model);
    }

    private SamplePaths? Paths(ParseResult parsed, ForecastOutput output)
    {
        if (parsed.GetValue(_paths) is not { } count)
            return output.Distribution is null ? null : new SamplePaths();
        return output.Distribution is not null ? new SamplePaths(count)
            : throw new UserError("--paths draws from a model of distributions, and this one forecasts numbers: leave it out.");
    }

    private void Write((string Folder, string? Json) to, SeriesTable table, ForecastingTransformer model, (int? Steps, SamplePaths? Paths) asked)
    {
        string end = model.Model.Task.Series is { CarriesState: true } ? "first" : "last";
        string?[] unseen = [.. table.Series.Select(series => series.Key).Where(key => !model.Model.Scaling.Knows(key))];
        if (unseen.Length > 0)
            _terminal.ShowNotes([$"{unseen.Length} series were not in training, beginning with '{unseen[0]}': each is scaled by the mean and deviation of "
                + $"its {end} rows."]);
        using var files = new StagedFiles();
        Forecasting task = model.Model.Task.Series!;
        IReadOnlyList<SeriesForecast> forecasts = ForecastFile.Of(table, model, asked);
        ForecastFile.Write(files.For(Path.Combine(to.Folder, "forecasts.csv")), table, task, forecasts);
        if (to.Json is { } json)
            ForecastFile.WriteJson(files.For(json), model.Model.Architecture.Name, table, (task, forecasts));
        files.Commit();
        string written = Path.GetRelativePath(Environment.CurrentDirectory, files.Places.First());
        _terminal.Output.WriteLine(FormattableString.Invariant($"Written: {written}, {asked.Steps ?? task.Horizon} steps of {forecasts.Count} series."));
    }
}
