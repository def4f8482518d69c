using System.CommandLine;
using System.CommandLine.Parsing;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Commands.Options;

/// <summary>Which model is trained, and on windows of which size.</summary>
internal sealed class ModelOptions
{
    private readonly Option<int> _context = NumberOption.Whole("--context", "Past rows that the model reads.", 96);
    private readonly Option<int> _horizon = NumberOption.Whole("--horizon", "Rows that the model forecasts.", 24);
    private readonly Option<string> _architecture = new("--architecture")
    {
        Description = $"Which model: {string.Join(", ", Architecture.Names)}.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "tcn"
    };

    private readonly Option<bool> _carries = new("--carries-state")
    {
        Description = "A recurrent model (--architecture lstm, gru, stable-rnn, …) reads each series from its first row and carries its state, "
            + "instead of reading only the last rows.",
    };

    private readonly Option<bool> _streaming = new("--streaming")
    {
        Description = "The model is trained in a form that takes constant time for each step of a stream: without normalised windows, with a receptive field "
            + "within --context or a carried state.",
    };

    private readonly SettingsOption _settings = new();
    private readonly GapOptions _gaps = new();
    private readonly DistributionOption _distribution = new();
    private readonly TargetOptions _targets;

    /// <param name="seasonal">What the command has a season for, besides how targets are seen; null: nothing.</param>
    public ModelOptions(string? seasonal = null)
    {
        _targets = new TargetOptions(seasonal);
        _architecture.CompletionSources.Add([.. Architecture.Names]);
    }

    /// <summary>The rows in a season; null: not given.</summary>
    public int? Season(ParseResult parsed) => _targets.Season(parsed);

    public IReadOnlyList<Option> All =>
        [_context, _horizon, _architecture, _carries, _streaming, _settings.Option, .. _gaps.All, _distribution.Option, .. _targets.All];

    public Architecture ReadArchitecture(ParseResult parsed) => _settings.Read(parsed, [parsed.GetValue(_architecture)!]).Single();

    /// <summary>The file with the steps that the model needs.</summary>
    public DataSource Source(ParseResult parsed, DataSource source) => _gaps.Of(parsed, source);

    /// <summary>The forecaster's options for a table; its series must be long enough.</summary>
    public ForecastingOptions Read(ParseResult parsed, SeriesTable table, TrainingOptions training, int stride)
    {
        (int context, int horizon) = (parsed.GetValue(_context), parsed.GetValue(_horizon));
        _gaps.MustHold(parsed, table, context + horizon, FormattableString.Invariant($"context {context} + horizon {horizon}"));
        (bool carries, bool streams) = (parsed.GetValue(_carries), parsed.GetValue(_streaming));
        if (carries && parsed.GetResult(TrainingFlags.StrideName) is OptionResult { Implicit: false })
            throw new UserError($"--carries-state trains on every row: leave out {TrainingFlags.StrideName}.");
        // With --quick too: chunks of rows in parallel are fast.
        bool all = carries || streams && parsed.GetResult(TrainingFlags.StrideName) is not OptionResult { Implicit: false }
            && ReadArchitecture(parsed) is var architecture && !architecture.Problems().Any() && architecture.Build(context).ReceptiveField is null;
        return _gaps.Read(parsed, _distribution.Read(parsed, _targets.Read(parsed, new ForecastingOptions
        {
            Targets = table.Targets,
            SeriesColumnName = table.Source.Series,
            TimeColumnName = table.Source.Time,
            Frequency = table.Frequency,
            Context = context,
            Horizon = horizon,
            Stride = all ? 1 : stride,
            Streaming = streams,
            CarriesState = carries,
            Training = training,
        })));
    }
}
