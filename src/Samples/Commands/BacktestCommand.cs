using System.CommandLine;
using Microsoft.ML;
using MLNet.Sequence.Samples.Commands.Options;
using MLNet.Sequence.Samples.Output;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>backtest: forecasts from origins in the past, by a model that is fitted anew for each, next to Naive2 and Theta.</summary>
internal sealed class BacktestCommand
{
    private readonly Terminal _terminal;
    private readonly SourceOptions _source = new();
    private readonly TrainingFlags _training = new(TrainingDefaults.Windows);
    private readonly ModelOptions _trained = new("naive forecasts, Theta and MASE");
    private readonly Option<int> _folds = NumberOption.Whole("--folds", "Number of origins; the last one is a horizon before the end.", 5);
    private readonly Option<int?> _every = NumberOption.WholeOrNone("--every", "Rows between neighbouring origins. [default: the horizon]");
    private readonly Option<int?> _rows = NumberOption.WholeOrNone(
        "--training-rows", "Train on this number of rows before each origin. [default: all rows before it]");
    private readonly Option<bool> _once = new("--fit-once") { Description = "Train once, on the rows before the first origin, instead of anew for each." };
    private readonly Option<string> _out = new("--out") { Description = "The folder for backtest.csv.", HelpName = "DIR", DefaultValueFactory = _ => "out" };
    private readonly Option<string?> _json = new("--json") { Description = "The file for the results as JSON.", HelpName = "FILE" };

    public BacktestCommand(Terminal terminal) => _terminal = terminal;

    public Command Describe()
    {
        var command = new Command("backtest", "Tests a model in the past, at several origins. For each it is trained on the rows before, and forecasts the "
            + "rows after. Writes backtest.csv: the errors of each fold, of each series, and of Naive2 and Theta.");
        IEnumerable<Option> options = [.. _source.All, .. _trained.All, _folds, _every, _rows, _once, .. _training.OfFolds, _out, _json];
        foreach (Option option in options)
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
        int season = _trained.Season(parsed) ?? SourceOptions.UsualSeason(table);
        SequenceForecaster forecaster = ml.Forecasting.Trainers.Sequence(
            architecture, _trained.Read(parsed, table, training.Shared(_terminal.Cancellation), training.Stride));
        BacktestResult result = ml.Forecasting.Backtest(table.Rows(Enumerable.Range(0, table.RowCount)), forecaster, new BacktestOptions
        {
            Folds = parsed.GetValue(_folds),
            Stride = parsed.GetValue(_every),
            TrainingSteps = parsed.GetValue(_rows),
            Refit = !parsed.GetValue(_once),
            Seasonality = season,
            References = [new Naive2 { Season = season }, new Theta { Season = season }],
            CancellationToken = _terminal.Cancellation,
        });
        foreach (ITransformer model in result.Folds.Select(fold => fold.Model).Distinct())
            (model as IDisposable)?.Dispose();
        using var files = new StagedFiles();
        BacktestFiles.WriteTable(files.For(Path.Combine(folder, "backtest.csv")), architecture.Name, result);
        if (parsed.GetValue(_json) is { } json)
            BacktestFiles.WriteJson(files.For(json), architecture.Name, result);
        files.Commit();
        _terminal.Output.WriteLine($"{architecture.Name}, {result.ToString().TrimEnd()}");
        _terminal.Output.WriteLine($"Written: {string.Join(", ", files.Places.Select(place => Path.GetRelativePath(Environment.CurrentDirectory, place)))}");
        return Cli.Success;
    }
}
