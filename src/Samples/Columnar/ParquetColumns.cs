using Parquet;
using Parquet.Schema;

namespace MLNet.Sequence.Samples.Columnar;

/// <summary>Reads the columns of a Parquet file.</summary>
internal static class ParquetColumns
{
    public static IReadOnlyList<TypedColumn> Read(Stream stream, int mostRows) => ReadAsync(stream, mostRows).GetAwaiter().GetResult();

    private static async Task<IReadOnlyList<TypedColumn>> ReadAsync(Stream stream, int mostRows)
    {
        await using ParquetReader reader = await ParquetReader.CreateAsync(stream).ConfigureAwait(false);
        var columns = new List<TypedColumn>();
        foreach (Field field in reader.Schema.Fields)
        {
            // A list, a map or a structure has no place in a table.
            columns.Add(field is DataField { IsArray: false } data && Reader(data) is { } read
                ? new TypedColumn(field.Name, await All(reader, data, (read, mostRows)).ConfigureAwait(false))
                : new TypedColumn(field.Name, null));
        }

        return columns;
    }

    private delegate Task<IEnumerable<object?>> ReadGroup(ParquetRowGroupReader group, DataField field);

    private static async Task<List<object?>> All(ParquetReader reader, DataField field, (ReadGroup Group, int Most) read)
    {
        var values = new List<object?>();
        for (int i = 0; i < reader.RowGroupCount && values.Count <= read.Most; i++)
        {
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(i);
            values.AddRange(await read.Group(group, field).ConfigureAwait(false));
        }

        return values;
    }

    private static ReadGroup? Reader(DataField field) => field.ClrType switch
    {
        var type when type == typeof(string) || type == typeof(ReadOnlyMemory<char>) => Texts,
        var type when type == typeof(double) => Values<double>,
        var type when type == typeof(float) => Values<float>,
        var type when type == typeof(decimal) => Values<decimal>,
        var type when type == typeof(bool) => Values<bool>,
        var type when type == typeof(sbyte) => Values<sbyte>,
        var type when type == typeof(byte) => Values<byte>,
        var type when type == typeof(short) => Values<short>,
        var type when type == typeof(ushort) => Values<ushort>,
        var type when type == typeof(int) => Values<int>,
        var type when type == typeof(uint) => Values<uint>,
        var type when type == typeof(long) => Values<long>,
        var type when type == typeof(ulong) => Values<ulong>,
        var type when type == typeof(DateTime) => Values<DateTime>,
        var type when type == typeof(DateOnly) => Values<DateOnly>,
        var type when type == typeof(Guid) => Values<Guid>,
        _ => null,
    };

    private static async Task<IEnumerable<object?>> Values<T>(ParquetRowGroupReader group, DataField field)
        where T : struct
    {
        if (!field.IsNullable)
        {
            var all = new T[group.RowCount];
            await group.ReadAsync<T>(field, all.AsMemory()).ConfigureAwait(false);
            return all.Cast<object?>();
        }

        var some = new T?[group.RowCount];
        await group.ReadAsync<T>(field, some.AsMemory()).ConfigureAwait(false);
        return some.Select(value => (object?)value);
    }

    private static async Task<IEnumerable<object?>> Texts(ParquetRowGroupReader group, DataField field)
    {
        var all = new string?[group.RowCount];
        await group.ReadAsync(field, all.AsMemory()!).ConfigureAwait(false);
        return all;
    }
}
