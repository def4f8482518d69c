using System.CommandLine;
using MLNet.Sequence.Architectures;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>Which models are trained, with the hyper-parameters that are set for them: --architectures and --set.</summary>
internal sealed class ArchitecturesOption
{
    private readonly Option<string> _architectures;
    private readonly SettingsOption _settings = new();

    public ArchitecturesOption(string usual) => _architectures = new("--architectures")
    {
        Description = $"Which models, of {string.Join(", ", Architecture.Names)}; or 'all'.",
        HelpName = "NAME,NAME",
        DefaultValueFactory = _ => usual,
    };

    public IEnumerable<Option> All => [_architectures, _settings.Option];

    public Architecture[] Read(ParseResult parsed)
    {
        string list = parsed.GetValue(_architectures)!;
        string[] names = [.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
        if (names.Length == 0)
            throw new UserError($"--architectures names none. There are: {string.Join(", ", Architecture.Names)}.");
        return _settings.Read(parsed, names is ["all"] ? Architecture.Names : names);
    }
}
