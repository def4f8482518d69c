using System.Collections;
using Microsoft.ML;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Columns;

/// <summary>
/// Missing values that a DataFrame hides: as a view of rows it returns 0, or false, for a missing value of a type without NaN. All rows
/// that this library reads are opened here.
/// </summary>
internal static class DataFrameColumns
{
    private const string DataFrame = "Microsoft.Data.Analysis.DataFrame";

    /// <summary>A cursor over columns of the data; warns of those with such values, if the data itself is a DataFrame.</summary>
    public static DataViewRowCursor Open(SequenceHost host, IDataView data, IEnumerable<DataViewSchema.Column> read)
    {
        DataViewSchema.Column[] columns = [.. read.DistinctBy(column => column.Index)];
        Warn(host, data, columns);
        return data.GetRowCursor(columns);
    }

    /// <summary>Warns once of the columns that are read and have such values, if the data itself is a DataFrame.</summary>
    public static void Warn(SequenceHost host, IDataView data, IEnumerable<DataViewSchema.Column> read)
    {
        var names = read.Select(column => column.Name).ToHashSet(StringComparer.Ordinal);
        string[] columns = [.. Missing(data).Where(column => names.Contains(column.Name)).Select(column => $"'{column.Name}' ({column.Count})")];
        if (columns.Length > 0)
        {
            string found = string.Join(", ", columns);
            using HostChannel channel = host.Start("Reading");
            channel.WarnOnce($"missing {found}", $"The DataFrame has missing values in columns whose type has none; they are read as 0: {found}. "
                + "Give the rows as frame.ToSequenceView(), where they are NaN, or fill or drop them.");
        }
    }

    // By name: the library does not reference the DataFrame's package.
    private static IEnumerable<(string Name, long Count)> Missing(IDataView data)
    {
        Type type = data.GetType();
        if (type.FullName != DataFrame || type.GetProperty("Columns")?.GetValue(data) is not IEnumerable columns)
            yield break;
        foreach (object column in columns)
        {
            T? Of<T>(string property) => column.GetType().GetProperty(property)?.GetValue(column) is T value ? value : default;
            bool hasNaN = Of<Type>("DataType") is { } kind && (kind == typeof(float) || kind == typeof(double) || !kind.IsValueType);
            if (!hasNaN && Of<long>("NullCount") is var count and > 0)
                yield return (Of<string>("Name") ?? "", count);
        }
    }
}
