namespace MLNet.Sequence.Bench.Tables;

/// <summary>All rows, by name. To add rows: their file next to this one, and a line in <see cref="All"/>.</summary>
internal static class TableRows
{
    private static IEnumerable<TableRow> All(TimeSpan? limit) =>
    [
        .. Chorales.Rows, .. AddingProblem.Rows, .. CopyMemory.Rows, .. PennCharacters.Rows, .. PennWords.Rows(limit),
        .. Atis.Rows, .. SequentialMnist.Rows, .. Multi30k.Rows(limit), .. Ett.Rows, .. M4.Rows,
    ];

    // Groups of rows; too many to be listed.
    private static IEnumerable<TableRow> ByWindow(string name) => name.StartsWith("window-jsb", StringComparison.Ordinal) ? Chorales.ByWindow
        : name.StartsWith("window-ptb-char", StringComparison.Ordinal) ? PennCharacters.ByWindow
        : [];

    // The rows of a group that have no result yet, one after the other.
    private static int RunGroup(string group)
    {
        TableRow[] left = [.. ByWindow(group).Where(row => !File.Exists(row.Result))];
        Console.WriteLine($"{left.Length} rows of {group} are left.");
        return left.Select(RunOrReport).DefaultIfEmpty(0).Max();
    }

    // A row that fails does not end the others.
    private static int RunOrReport(TableRow row)
    {
        try
        {
            return row.Run();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Console.Error.WriteLine($"{row.Name}: FAILED: {failure}");
            return 1;
        }
    }

    /// <param name="name">The row, or a group, <c>window-jsb</c> or <c>window-ptb-char</c>, of which the rows without a result are run.</param>
    /// <param name="limit">The time of training, for rows that are made in parts; null: all of their budget.</param>
    public static int Run(string name, TimeSpan? limit)
    {
        if (name is "window-jsb" or "window-ptb-char" && limit is null)
            return RunGroup(name);
        if (All(limit).Concat(ByWindow(name)).FirstOrDefault(row => row.Name == name) is not { } row)
            Console.Error.WriteLine($"There is no row '{name}'. There are: {string.Join(", ", All(limit).Select(row => row.Name))}.");
        else if (limit is not null && !row.InParts)
            Console.Error.WriteLine($"The row '{name}' is not made in parts: leave the minutes out.");
        else
            return row.Run();
        return 2;
    }
}
