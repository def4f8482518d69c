namespace MLNet.Sequence.Samples.Csv;

/// <summary>The names in a file's header.</summary>
internal sealed class ColumnNames
{
    private const int Shown = 5;
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    public ColumnNames(IReadOnlyList<string> names)
    {
        All = names;
        for (int i = 0; i < names.Count; i++)
        {
            if (!_index.TryAdd(names[i], i))
                throw new UserError(FormattableString.Invariant(
                    $"Two columns are named '{names[i]}': columns {_index[names[i]] + 1} and {i + 1}. Every column needs a name of its own."));
        }
    }

    public IReadOnlyList<string> All { get; }

    public bool Contains(string name) => _index.ContainsKey(name);

    /// <summary>The first column of this name in capital or small letters; null: there is none.</summary>
    public int? Like(string name) =>
        All.Index().FirstOrDefault(column => column.Item.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Item: not null } found ? found.Index : null;

    /// <summary>The index of a column that the user named.</summary>
    public int Find(string name, string option) => _index.TryGetValue(name, out int index)
        ? index
        : throw new UserError($"There is no column '{name}' ({option}). {Nearest(name)}");

    private string Nearest(string wanted)
    {
        IEnumerable<string> nearest = All
            .OrderBy(name => Distance(wanted.ToUpperInvariant(), name.ToUpperInvariant()))
            .Take(Shown);
        return $"The nearest names in the file: {string.Join(", ", nearest.Select(name => $"'{name}'"))}.";
    }

    // Levenshtein's edit distance, by rows.
    private static int Distance(string a, string b)
    {
        int[] above = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 0; i < a.Length; i++)
        {
            int[] row = new int[b.Length + 1];
            row[0] = i + 1;
            for (int j = 0; j < b.Length; j++)
            {
                int replaced = above[j] + (a[i] == b[j] ? 0 : 1);
                row[j + 1] = Math.Min(replaced, Math.Min(above[j + 1], row[j]) + 1);
            }

            above = row;
        }

        return above[b.Length];
    }
}
