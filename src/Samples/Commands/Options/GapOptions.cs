using System.CommandLine;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Commands.Options;

/// <summary>How a forecaster handles values that are missing, and series that are too short.</summary>
internal sealed class GapOptions
{
    private static readonly Dictionary<string, MissingValues> Fills = Enum.GetValues<MissingValues>().Where(one => one != MissingValues.Error)
        .ToDictionary(one => one.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    private static readonly Dictionary<string, ShortSeries> Shorts = Enum.GetValues<ShortSeries>()
        .ToDictionary(one => one.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    private readonly Option<string?> _missing = new("--missing")
    {
        Description = "How empty cells, and steps between two rows, are filled. [default: a cell is refused, rows are neighbours]",
        HelpName = string.Join('|', Fills.Keys),
    };

    private readonly Option<string> _short = new("--short-series")
    {
        Description = "Series with fewer rows than context and horizon are refused, left out, or begin with missing rows, which needs --missing.",
        HelpName = string.Join('|', Shorts.Keys),
        DefaultValueFactory = _ => "error",
    };

    public GapOptions()
    {
        _missing.CompletionSources.Add([.. Fills.Keys]);
        _short.CompletionSources.Add([.. Shorts.Keys]);
    }

    public IReadOnlyList<Option> All => [_missing, _short];

    /// <summary>The file with the steps that the model needs.</summary>
    public DataSource Of(ParseResult parsed, DataSource source) => source with { FillsMissing = Missing(parsed) != MissingValues.Error };

    /// <summary>The options with these.</summary>
    public ForecastingOptions Read(ParseResult parsed, ForecastingOptions options)
    {
        (MissingValues missing, ShortSeries tooShort) = (Missing(parsed), Short(parsed));
        if (tooShort == ShortSeries.Pad && missing is MissingValues.Error or MissingValues.Zero)
            throw new UserError("--short-series pad needs --missing mask, interpolate or forward, which say how the missing rows are read.");
        return options with { MissingValues = missing, ShortSeries = tooShort };
    }

    /// <summary>Checks that all series of a table have this number of rows, unless the short ones are handled.</summary>
    public void MustHold(ParseResult parsed, SeriesTable table, int rows, string reason)
    {
        if (Short(parsed) == ShortSeries.Error)
            ForecastFile.MustHold(table, rows, reason + "; or --short-series skip");
    }

    private MissingValues Missing(ParseResult parsed) => parsed.GetValue(_missing) is not { } fill ? MissingValues.Error : Named(Fills, _missing.Name, fill);

    private ShortSeries Short(ParseResult parsed) => Named(Shorts, _short.Name, parsed.GetValue(_short)!);

    private static T Named<T>(Dictionary<string, T> values, string option, string name) => values.TryGetValue(name, out T? value) ? value
        : throw new UserError($"{option} '{name}' must be one of {string.Join(", ", values.Keys)}.");
}
