using MLNet.Sequence.Samples.Columnar;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Studio.Data;

/// <summary>
/// A look at a file reads its first rows alone: a page must answer while the user chooses, however large the file is. Training reads all rows.
/// </summary>
internal static class StudioLook
{
    /// <summary>About as many cells are read; of a file of ten columns the first 40,000 rows.</summary>
    internal const int MostCells = 400_000;

    private const int LeastRows = 200;

    /// <summary>The first rows of a file.</summary>
    public static CsvTable Table(string path) => RecentTable.Read(path, mostRows: Rows(path));

    /// <summary>How many rows of a file are looked at.</summary>
    public static int Rows(string path) => Math.Max(LeastRows, MostCells / Math.Max(1, Columns(path)));

    private static int Columns(string path) => TypedFile.Is(path) ? TypedFile.Names(path, "--data names a file").Count
        : CsvTable.Read(path, mostRows: 1).Names.All.Count;

    /// <summary>What the user is told.</summary>
    public static string Note(int rows) => FormattableString.Invariant(
        $"The file has more rows: for this look only the first {rows:N0} were read. All are read when training starts.");
}
