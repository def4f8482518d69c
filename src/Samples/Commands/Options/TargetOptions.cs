using System.CommandLine;

namespace MLNet.Sequence.Samples.Commands.Options;

/// <summary>How a forecaster sees its targets, and the loss of its errors.</summary>
/// <param name="seasonal">What else the command has a season for; null: nothing.</param>
internal sealed class TargetOptions(string? seasonal)
{
    private static readonly Dictionary<string, ScalingKind> Scalings = new(StringComparer.Ordinal)
    {
        ["standard"] = ScalingKind.Standard,
        ["robust"] = ScalingKind.Robust,
        ["min-max"] = ScalingKind.MinMax,
        ["mean-absolute"] = ScalingKind.MeanAbsolute,
        ["log1p"] = ScalingKind.Log1p,
        ["box-cox"] = ScalingKind.BoxCox,
    };

    private static readonly Dictionary<string, Func<int?, Differencing>> Differences = new(StringComparer.Ordinal)
    {
        ["first"] = _ => Differencing.First,
        ["seasonal"] = Differencing.Seasonal,
        ["both"] = Differencing.FirstAndSeasonal,
    };

    private static readonly Dictionary<string, Func<int?, RegressionLoss>> Losses = new(StringComparer.Ordinal)
    {
        ["squared"] = _ => RegressionLoss.Squared,
        ["absolute"] = _ => RegressionLoss.Absolute,
        ["huber"] = _ => RegressionLoss.Huber(),
        ["mase"] = RegressionLoss.AbsoluteScaled,
    };

    private readonly Option<string> _scaling = Choice("--scaling", "How each series is scaled", Scalings.Keys, "standard");
    private readonly Option<string?> _difference = Choice<string?>(
        "--difference", "Learn changes from row to row, from season to season, or both", Differences.Keys);
    private readonly Option<string> _loss = Choice("--loss", "The error that training makes small", Losses.Keys, "squared");
    private readonly Option<int?> _season = NumberOption.WholeOrNone("--season",
        $"Rows in a season, for {(seasonal is null ? "" : $"{seasonal}, ")}--difference and --loss mase. [default: by the step of time: 24 for hours, …]");

    /// <summary>The rows in a season; null: not given.</summary>
    public int? Season(ParseResult parsed) => parsed.GetValue(_season);

    public IReadOnlyList<Option> All => [_scaling, _difference, _loss, _season];

    /// <summary>The options with these.</summary>
    public ForecastingOptions Read(ParseResult parsed, ForecastingOptions options)
    {
        (string? difference, string loss, int? season) = (parsed.GetValue(_difference), parsed.GetValue(_loss)!, parsed.GetValue(_season));
        if (seasonal is null && season is not null && difference is not ("seasonal" or "both") && loss != "mase")
            throw new UserError("--season is for --difference seasonal or both, and for --loss mase: leave it out.");
        return options with
        {
            Scaling = Scalings[parsed.GetValue(_scaling)!],
            Differencing = difference is null ? null : Differences[difference](season),
            Loss = Losses[loss](season),
        };
    }

    private static Option<string> Choice(string name, string description, IEnumerable<string> values, string usual)
    {
        Option<string> option = Choice<string>(name, description, values);
        option.DefaultValueFactory = _ => usual;
        return option;
    }

    private static Option<T> Choice<T>(string name, string description, IEnumerable<string> values)
    {
        var option = new Option<T>(name) { Description = $"{description}: {string.Join(", ", values)}.", HelpName = "NAME" };
        option.AcceptOnlyFromAmong([.. values]);
        return option;
    }
}
