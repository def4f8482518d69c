using System.CommandLine;

namespace MLNet.Sequence.Samples.Commands.Options;

/// <summary>The options --architectures and --set: which models are trained, and with which hyper-parameters.</summary>
internal sealed class ArchitecturesOption
{
    private readonly Option<string> _architectures;
    private readonly SettingsOption _settings = new();

    private readonly bool _causal;
    private readonly string[] _names, _trained;

    /// <param name="usual">The default of --architectures.</param>
    /// <param name="causal">Whether each step is predicted from the steps before it; only causal architectures can do that.</param>
    /// <param name="references">Whether references, which are given or solved instead of trained, are allowed too.</param>
    public ArchitecturesOption(string usual, bool causal = false, bool references = false)
    {
        _causal = causal;
        _names = [.. Architecture.Names.Where(
            name => Architecture.FromName(name) is var one && (!causal || one.IsCausal) && (references || one is not Reference))];
        _trained = [.. _names.Where(name => Architecture.FromName(name) is not Reference)];
        _architectures = new("--architectures")
        {
            Description = $"Which models: {string.Join(", ", _names)}; or 'all' for every trained one.",
            HelpName = "NAME,NAME",
            DefaultValueFactory = _ => usual,
        };
        _architectures.CompletionSources.Add([.. _names, "all"]);
    }

    public IEnumerable<Option> All => [_architectures, _settings.Option];

    public Architecture[] Read(ParseResult parsed)
    {
        string list = parsed.GetValue(_architectures)!;
        string[] names = [.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
        if (names.Length == 0)
            throw new UserError($"--architectures is empty. Choose from: {string.Join(", ", _names)}.");
        Architecture[] chosen = _settings.Read(parsed, names is ["all"] ? _trained : names);
        return chosen.FirstOrDefault(architecture => _causal && !architecture.Problems().Any() && !architecture.IsCausal) is { } other
            ? throw new UserError($"--architectures: '{other.Name}' also reads later steps, which this command predicts. Choose from: "
                + $"{string.Join(", ", _names)}.")
            : chosen;
    }
}
