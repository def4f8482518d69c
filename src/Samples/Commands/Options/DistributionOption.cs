using System.CommandLine;

namespace MLNet.Sequence.Samples.Commands.Options;

/// <summary>Whether a forecaster gives numbers or a distribution of each step.</summary>
internal sealed class DistributionOption
{
    private static readonly Dictionary<string, ForecastOutput> Outputs = new(StringComparer.Ordinal)
    {
        ["none"] = ForecastOutput.Point,
        ["gaussian"] = ForecastOutput.Gaussian,
        ["student-t"] = ForecastOutput.StudentT,
        ["poisson"] = ForecastOutput.Poisson,
        ["negative-binomial"] = ForecastOutput.NegativeBinomial,
        ["mixture"] = ForecastOutput.MixtureOfGaussians(),
    };

    /// <summary>The option.</summary>
    public Option<string> Option { get; } = new("--distribution")
    {
        Description = $"The distribution that is forecast for each step: {string.Join(", ", Outputs.Keys)}. Counts have poisson or negative-binomial.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "none",
    };

    public DistributionOption() => Option.CompletionSources.Add([.. Outputs.Keys]);

    /// <summary>The options with it.</summary>
    public ForecastingOptions Read(ParseResult parsed, ForecastingOptions options) => options with
    {
        Output = Outputs.TryGetValue(parsed.GetValue(Option)!, out ForecastOutput? output) ? output
            : throw new UserError($"{Option.Name} '{parsed.GetValue(Option)}' must be one of {string.Join(", ", Outputs.Keys)}."),
    };
}
