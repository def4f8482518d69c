using System.CommandLine;
using MLNet.Sequence.Samples.Commands.Options;
using MLNet.Sequence.Samples.Output;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>compare: do you need recurrence? Trains architectures, compares them with naive forecasts, and recommends one.</summary>
internal sealed class CompareCommand(Terminal terminal)
{
    private const int UsualSeeds = 3, QuickSeeds = 1;
    private static readonly TimeSpan UsualTime = TimeSpan.FromMinutes(15);

    private readonly SourceOptions _source = new();
    private readonly TrainingFlags _training = new(TrainingDefaults.Compared);
    private readonly Option<int> _context = NumberOption.Whole("--context", "Past rows that a model reads.", 96);
    private readonly Option<int> _horizon = NumberOption.Whole("--horizon", "Rows that a model forecasts.", 24);
    private readonly ArchitecturesOption _architectures = new("linear,tcn,lstm,stable-lstm", references: true);
    private readonly Option<string?> _split = new("--split")
    {
        Description = "Training, validation and test rows of each series, in time order: fractions "
        + "or numbers of rows. [default: 8640,2880,2880 for the program's own data, else 0.7,0.1,0.2]",
        HelpName = "A,B,C"
    };
    private readonly Option<int?> _season = NumberOption.WholeOrNone("--season", "Rows in a season, for the seasonal naive forecast and MASE. [default: by "
        + "the step of time: 24 for hours, 7 for days, 12 for months]");
    private readonly Option<string?> _normalization = new("--normalization")
    {
        Description = "How each window is normalised. [default: "
        + "chosen for each architecture by validation]",
        HelpName = string.Join('|', ComparisonPlan.Normalizations.Keys)
    };
    private readonly Option<int?> _seeds = NumberOption.WholeOrNone("--seeds", "How often each architecture is trained, each time with another seed; "
        + "confidence intervals come from these runs. [default: 3, fewer if they take over a quarter of an hour; 1 with --quick]");
    private readonly Option<bool> _trainBeaten = new("--train-beaten")
    {
        Description = "Train all architectures to their end. Without it, one that is clearly beaten on the validation rows stops after a quarter of its epochs."
    };
    private readonly Option<string> _out = new("--out")
    {
        Description = "The folder for models, pictures and report.html.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "out"
    };
    private readonly Option<string?> _json = new("--json") { Description = "The file for the results as JSON.", HelpName = "FILE" };

    public Command Describe()
    {
        var command = new Command("compare", "Do you need recurrence? Compares architectures, and recommends one. Their forecasts of the test rows are "
            + "compared with naive ones and with each other; models, pictures and report.html are saved.");
        AddTo(command);
        return command;
    }

    public void AddTo(Command command)
    {
        foreach (Option option in _source.All.Concat([_context, _horizon, .. _architectures.All, _split, _season, _normalization, _seeds, _trainBeaten])
            .Concat(_training.All).Concat([_out, _json]))
            command.Add(option);
        _normalization.AcceptOnlyFromAmong([.. ComparisonPlan.Normalizations.Keys]);
        command.SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        DataSource source = _source.Read(parsed);
        var split = Split.Parse(parsed.GetValue(_split) ?? SourceOptions.UsualSplit(source));
        var plan = new ComparisonPlan
        {
            Architectures = _architectures.Read(parsed),
            Training = _training.Read(parsed),
            LearningRates = _training.RatesToTry(parsed),
            MaxTime = parsed.GetValue(_seeds) is null ? UsualTime : null,
            Seeds = parsed.GetValue(_seeds) ?? (_training.IsQuick(parsed) ? QuickSeeds : UsualSeeds),
            Context = parsed.GetValue(_context),
            Horizon = parsed.GetValue(_horizon),
            Season = 1,
            Normalization = parsed.GetValue(_normalization) is { } normalization ? ComparisonPlan.Normalizations[normalization] : null,
            StopBeaten = !parsed.GetValue(_trainBeaten),
            Folder = parsed.GetValue(_out)!,
            Json = parsed.GetValue(_json),
        };
        StagedFiles.MustTake(plan.Folder, "--out");
        StagedFiles.MustTakeFile(plan.Json, "--json");

        SeriesTable table = SeriesTable.Read(source);
        terminal.ShowNotes(table.Notes);
        plan = plan with { Season = parsed.GetValue(_season) ?? SourceOptions.UsualSeason(table) };
        new ComparisonRun(terminal, plan, new SplitTable(table, split, plan.Context, plan.Horizon)).Run();
        return Cli.Success;
    }
}
