namespace MLNet.Sequence.Samples.Columnar;

/// <summary>Files whose columns have types: Parquet, and Arrow (also called Feather).</summary>
internal static class TypedFile
{
    /// <summary>Whether a file's name says that it is one.</summary>
    public static bool Is(string path) => IsParquet(path) || IsArrow(path);

    /// <summary>The columns of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it, and its expected content, for messages.</param>
    /// <param name="mostRows">Enough rows: those after the part of the file that has more are not read.</param>
    /// <exception cref="UserError">There is no such file, or it cannot be read.</exception>
    public static IReadOnlyList<TypedColumn> Read(string path, string option, int mostRows = int.MaxValue)
    {
        if (Directory.Exists(path))
            throw new UserError($"'{path}' is a folder; {option}.");
        if (!File.Exists(path))
            throw new UserError($"There is no data file '{path}'.");
        try
        {
            using FileStream stream = File.OpenRead(path);
            return IsParquet(path) ? ParquetColumns.Read(stream, mostRows) : ArrowColumns.Read(stream, mostRows);
        }
        // A damaged file can cause any exception in its reader.
        catch (Exception exception) when (exception is not (OutOfMemoryException or UserError))
        {
            string form = IsParquet(path) ? "Parquet" : "Arrow";
            throw new UserError($"'{path}' cannot be read as a file of {form}: {exception.GetBaseException().Message.TrimEnd('.')}. A name that ends in "
                + $"{Path.GetExtension(path)} means {form}; a CSV file's name ends in .csv.", exception);
        }
    }

    /// <summary>The names of the columns of a file; no row is read.</summary>
    /// <exception cref="UserError">There is no such file, or it cannot be read.</exception>
    public static IReadOnlyList<string> Names(string path, string option) => [.. Read(path, option, mostRows: -1).Select(column => column.Name)];

    private static bool IsParquet(string path) => HasEnding(path, ".parquet") || HasEnding(path, ".pq");

    private static bool IsArrow(string path) => HasEnding(path, ".arrow") || HasEnding(path, ".feather") || HasEnding(path, ".arrows");

    private static bool HasEnding(string path, string ending) => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
