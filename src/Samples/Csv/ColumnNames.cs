using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Samples.Csv;

/// <summary>The names in a file's header.</summary>
internal sealed class ColumnNames
{
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    public ColumnNames(IReadOnlyList<string> names)
    {
        All = names;
        for (int i = 0; i < names.Count; i++)
        {
            if (!_index.TryAdd(names[i], i))
                throw new UserError(FormattableString.Invariant(
                    $"Two columns are named '{names[i]}': columns {_index[names[i]] + 1} and {i + 1}. Every column needs its own name."));
        }
    }

    public IReadOnlyList<string> All { get; }

    public bool Contains(string name) => _index.ContainsKey(name);

    /// <summary>The first column with this name, ignoring case; null: there is none.</summary>
    public int? Like(string name) =>
        All.Index().FirstOrDefault(column => column.Item.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Item: not null } found ? found.Index : null;

    /// <summary>The index of a column that the user named.</summary>
    public int Find(string name, string option) => _index.TryGetValue(name, out int index)
        ? index
        : throw new UserError($"There is no column '{name}' ({option}). {NearestNames.Sentence(name, All, "file")}");
}
