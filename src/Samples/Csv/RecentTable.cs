namespace MLNet.Sequence.Samples.Csv;

/// <summary>
/// The last table of which some first rows were read. While a user chooses, the same rows are asked for again and again, and those of a typed file
/// come in groups of up to a million.
/// </summary>
internal static class RecentTable
{
    private static Kept? _last;

    /// <summary>The first rows of a file, as <see cref="CsvTable.Read"/> gives them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it.</param>
    /// <param name="format">The format, as given by the user.</param>
    /// <param name="mostRows">How many rows are read at most. A table of some rows is kept; one of all rows is not, but found if it was.</param>
    public static CsvTable Read(string path, string option = "--data", FileFormat? format = null, int mostRows = int.MaxValue)
    {
        var file = new FileInfo(path);
        if (format is not null || !file.Exists)
            return CsvTable.Read(path, option, format, mostRows);
        var state = new FileState(file.FullName, file.LastWriteTimeUtc, file.Length);
        if (_last is { } last && last.State == state && last.Table.Path == path && (last.Most == mostRows || !last.Table.IsCut && mostRows >= last.Most))
            return last.Table.Anew();
        CsvTable table = CsvTable.Read(path, option, format, mostRows);
        if (mostRows < int.MaxValue)
            _last = new Kept(state, mostRows, table.Anew());
        return table;
    }

    private sealed record FileState(string Path, DateTime Written, long Length);

    private sealed record Kept(FileState State, int Most, CsvTable Table);
}
