namespace MLNet.Sequence.Bench.Tables;

/// <summary>All rows, by name. To add rows: their file next to this one, and a line in <see cref="All"/>.</summary>
internal static class TableRows
{
    private static IEnumerable<TableRow> All(TimeSpan? limit) =>
    [
        .. Chorales.Rows, .. AddingProblem.Rows, .. CopyMemory.Rows, .. PennCharacters.Rows, .. PennWords.Rows(limit),
        .. Atis.Rows, .. SequentialMnist.Rows, .. Multi30k.Rows(limit),
    ];

    /// <param name="name">The row.</param>
    /// <param name="limit">The time of training, for rows that are made in parts; null: all of their budget.</param>
    public static int Run(string name, TimeSpan? limit)
    {
        if (All(limit).FirstOrDefault(row => row.Name == name) is not { } row)
            Console.Error.WriteLine($"There is no row '{name}'. There are: {string.Join(", ", All(limit).Select(row => row.Name))}.");
        else if (limit is not null && !row.InParts)
            Console.Error.WriteLine($"The row '{name}' is not made in parts: leave the minutes out.");
        else
            return row.Run();
        return 2;
    }
}
