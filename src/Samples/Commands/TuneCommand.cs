using System.CommandLine;
using Microsoft.ML;
using MLNet.Sequence.Samples.Commands.Options;
using MLNet.Sequence.Samples.Output;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>tune: searches for a forecaster by successive halving, and saves the best one.</summary>
internal sealed class TuneCommand
{
    private static readonly Dictionary<string, TuneMetric> Metrics = new(StringComparer.Ordinal)
    {
        ["mase"] = TuneMetric.MeanAbsoluteScaledError,
        ["mae"] = TuneMetric.MeanAbsoluteError,
        ["rmse"] = TuneMetric.RootMeanSquaredError,
        ["smape"] = TuneMetric.SymmetricMeanAbsolutePercentageError,
    };

    private readonly Terminal _terminal;
    private readonly SourceOptions _source = new();
    private readonly ArchitecturesOption _architectures = new("linear,window-mlp,tcn,gru,lstm", references: true);
    private readonly Option<int> _horizon = NumberOption.Whole("--horizon", "Rows that the model forecasts.", 24);
    private readonly Option<int?> _context = NumberOption.WholeOrNone(
        "--context", "Past rows: from a half to twice of this number are tried. [default: by the step of time and the number of rows]", least: 2);
    private readonly Option<int> _trials = NumberOption.Whole("--trials", "Number of trials that start; a third of them goes on from rung to rung.", 27);
    private readonly Option<double?> _minutes = NumberOption.RealOrNone("--minutes", "Maximum time of the search, in minutes. [default: no limit]", 1e-6);
    private readonly Option<int> _folds = NumberOption.Whole("--folds", "Number of origins in the past on which a trial is judged.", 3);
    private readonly Option<int?> _season = NumberOption.WholeOrNone("--season", "Rows in a season, for MASE. [default: by the step of time: 24 for hours, "
        + "7 for days, 12 for months]");
    private readonly Option<string> _metric = new("--metric") { Description = "What decides: mase, mae, rmse or smape.", DefaultValueFactory = _ => "mase" };
    private readonly Option<int> _epochs = NumberOption.Whole("--epochs", "Maximum number of passes over the training rows, in the last rung.", 20);
    private readonly Option<int> _seed = NumberOption.Whole("--seed", "The seed of trials and weights. The same seed gives the same results.", 1, least: 0);
    private readonly Option<string?> _results = new("--results")
    {
        Description = "A file that keeps the results so far: the same command goes on from it.",
        HelpName = "FILE",
    };
    private readonly Option<string> _out = new("--out")
    {
        Description = "The folder for tune.csv and model.zip.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "out",
    };

    private readonly GapOptions _gaps = new();
    private readonly DistributionOption _distribution = new();
    private readonly Option<int?> _gpu = TrainingFlags.Gpu();
    private readonly Option<string?> _json = new("--json") { Description = "The file for the trials as JSON.", HelpName = "FILE" };

    public TuneCommand(Terminal terminal)
    {
        _terminal = terminal;
        _metric.AcceptOnlyFromAmong([.. Metrics.Keys]);
    }

    public Command Describe()
    {
        var command = new Command("tune", "Searches for a model among random settings. Trials are judged on rows in the past, and the best are trained longer. "
            + "Writes tune.csv, all trials, and model.zip, the best one fitted on all rows, for forecast --model.");
        IEnumerable<Option> options = [.. _source.All, .. _architectures.All, _horizon, _context, .. _gaps.All, _distribution.Option, _trials, _minutes, _folds,
            _season, _metric, _epochs,
            _seed, _gpu, _results, _out, _json];
        foreach (Option option in options)
            command.Add(option);
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string folder = parsed.GetValue(_out)!;
        StagedFiles.MustTake(folder, "--out");
        StagedFiles.MustTakeFile(parsed.GetValue(_results), "--results");
        StagedFiles.MustTakeFile(parsed.GetValue(_json), "--json");
        int? gpu = Host.Device(parsed.GetValue(_gpu));
        var space = new SearchSpace { Architectures = _architectures.Read(parsed) };
        SeriesTable table = SeriesTable.Read(_gaps.Of(parsed, _source.Read(parsed)));
        _terminal.ShowNotes(table.Notes);
        MLContext ml = Host.Create(_terminal, parsed.GetValue(_seed), gpu);
        IDataView rows = table.Rows(Enumerable.Range(0, table.RowCount));
        using TuneReport report = ml.Forecasting.Tune(rows, Options(parsed, table), space, Search(parsed, table));
        using var files = new StagedFiles();
        TuneTable.Write(files.For(Path.Combine(folder, "tune.csv")), report);
        if (parsed.GetValue(_json) is { } json)
            TuneTable.WriteJson(files.For(json), report);
        ml.Model.Save(report.Model, rows.Schema, files.For(Path.Combine(folder, "model.zip")));
        files.Commit();
        _terminal.Output.WriteLine($"Best: {report.Best}");
        _terminal.Output.WriteLine($"Written: {string.Join(", ", files.Places.Select(place => Path.GetRelativePath(Environment.CurrentDirectory, place)))}");
        return Cli.Success;
    }

    private ForecastingOptions Options(ParseResult parsed, SeriesTable table) => _gaps.Read(parsed, _distribution.Read(parsed, new()
    {
        Targets = table.Targets,
        SeriesColumnName = table.Source.Series,
        TimeColumnName = table.Source.Time,
        Frequency = table.Frequency,
        Context = parsed.GetValue(_context),
        Horizon = parsed.GetValue(_horizon),
        Training = new TrainingOptions { Epochs = parsed.GetValue(_epochs), Seed = parsed.GetValue(_seed) },
    }));

    private TuneOptions Search(ParseResult parsed, SeriesTable table) => new()
    {
        Trials = parsed.GetValue(_trials),
        MaxTime = parsed.GetValue(_minutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
        Validation = new BacktestOptions { Folds = parsed.GetValue(_folds), Seasonality = parsed.GetValue(_season) ?? SourceOptions.UsualSeason(table) },
        Metric = Metrics[parsed.GetValue(_metric)!],
        File = parsed.GetValue(_results),
        Seed = parsed.GetValue(_seed),
        Progress = new Lines(_terminal),
        CancellationToken = _terminal.Cancellation,
    };

    private sealed class Lines(Terminal terminal) : IProgress<TuneTrial>
    {
        private readonly Lock _writing = new();

        public void Report(TuneTrial value)
        {
            lock (_writing)
                terminal.Output.WriteLine(value);
        }
    }
}
