namespace MLNet.Sequence.Hosting;

/// <summary>Help for a user who misspelled a column's name.</summary>
internal static class NearestNames
{
    private const int Shown = 5;

    /// <summary>A sentence with the names nearest to the wanted one, the nearest first.</summary>
    public static string Sentence(string wanted, IEnumerable<string> present, string of = "data")
    {
        string[] nearest = [.. Of(wanted, present).Take(Shown)];
        return nearest.Length == 0
            ? $"The {of} has no columns."
            : $"The nearest names in the {of}: {string.Join(", ", nearest.Select(name => $"'{name}'"))}.";
    }

    /// <summary>The names, the nearest to the wanted one first.</summary>
    public static IEnumerable<string> Of(string wanted, IEnumerable<string> present) => present.Distinct()
        .OrderBy(name => Distance(wanted.ToUpperInvariant(), name.ToUpperInvariant()))
        .ThenBy(name => name, StringComparer.Ordinal);

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
