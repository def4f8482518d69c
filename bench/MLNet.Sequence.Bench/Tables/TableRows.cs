namespace MLNet.Sequence.Bench.Tables;

/// <summary>All rows, by name. To add rows: their file next to this one, and a line in <see cref="All"/>.</summary>
internal static class TableRows
{
    private static IEnumerable<TableRow> All =>
        [.. Chorales.Rows, .. AddingProblem.Rows, .. CopyMemory.Rows, .. PennCharacters.Rows, .. Atis.Rows, .. SequentialMnist.Rows];

    public static int Run(string name)
    {
        if (All.FirstOrDefault(row => row.Name == name) is { } row)
            return row.Run();
        Console.Error.WriteLine($"There is no row '{name}'. There are: {string.Join(", ", All.Select(row => row.Name))}.");
        return 2;
    }
}
