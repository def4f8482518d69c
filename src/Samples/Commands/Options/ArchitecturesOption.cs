using System.CommandLine;

namespace MLNet.Sequence.Samples.Commands.Options;

/// <summary>Which models are trained, with the hyper-parameters that are set for them: --architectures and --set.</summary>
internal sealed class ArchitecturesOption
{
    private readonly Option<string> _architectures;
    private readonly SettingsOption _settings = new();

    private readonly bool _causal;
    private readonly string[] _names, _trained;

    /// <param name="usual">What is trained where none is named.</param>
    /// <param name="causal">Whether each step is to be predicted from those before it, which not all can do.</param>
    /// <param name="references">Whether what is not trained, but given or solved, may be among them.</param>
    public ArchitecturesOption(string usual, bool causal = false, bool references = false)
    {
        _causal = causal;
        _names = [.. Architecture.Names.Where(
            name => Architecture.FromName(name) is var one && (!causal || one.IsCausal) && (references || one is not Reference))];
        _trained = [.. _names.Where(name => Architecture.FromName(name) is not Reference)];
        _architectures = new("--architectures")
        {
            Description = $"Which models, of {string.Join(", ", _names)}; or 'all' that are trained.",
            HelpName = "NAME,NAME",
            DefaultValueFactory = _ => usual,
        };
    }

    public IEnumerable<Option> All => [_architectures, _settings.Option];

    public Architecture[] Read(ParseResult parsed)
    {
        string list = parsed.GetValue(_architectures)!;
        string[] names = [.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
        if (names.Length == 0)
            throw new UserError($"--architectures names none. There are: {string.Join(", ", _names)}.");
        Architecture[] chosen = _settings.Read(parsed, names is ["all"] ? _trained : names);
        return chosen.FirstOrDefault(architecture => _causal && !architecture.Problems().Any() && !architecture.IsCausal) is { } other
            ? throw new UserError($"--architectures: '{other.Name}' reads the steps after each one as well, which are to be predicted here. There are: "
                + $"{string.Join(", ", _names)}.")
            : chosen;
    }
}
