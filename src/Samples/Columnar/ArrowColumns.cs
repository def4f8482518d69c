using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;

namespace MLNet.Sequence.Samples.Columnar;

/// <summary>Reads the columns of an Arrow file (the file format, also called Feather, or the stream format).</summary>
internal static class ArrowColumns
{
    private static ReadOnlySpan<byte> FileMark => "ARROW1"u8;

    public static IReadOnlyList<TypedColumn> Read(FileStream stream, int mostRows)
    {
        Span<byte> start = stackalloc byte[FileMark.Length];
        bool isFile = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual(FileMark);
        stream.Position = 0;
        var codecs = new CompressionCodecFactory();
        using ArrowStreamReader reader = isFile ? new ArrowFileReader(stream, codecs) : new ArrowStreamReader(stream, codecs);
        var columns = new List<(string Name, List<object?>? Values)>();
        long rows = 0;
        while (rows <= mostRows && reader.ReadNextRecordBatch() is { } batch)
        {
            using (batch)
                Add(columns, batch);
            rows += batch.Length;
        }

        // Without rows, the names alone.
        if (columns.Count == 0)
            columns.AddRange(reader.Schema.FieldsList.Select(field => (field.Name, (List<object?>?)[])));
        return [.. columns.Select(column => new TypedColumn(column.Name, column.Values))];
    }

    private static void Add(List<(string Name, List<object?>? Values)> columns, RecordBatch batch)
    {
        if (columns.Count == 0)
            columns.AddRange(batch.Schema.FieldsList.Select(field => (field.Name, (List<object?>?)[])));
        for (int i = 0; i < columns.Count; i++)
        {
            Func<int, object?>? value = Value(batch.Column(i));
            if (value is null)
                columns[i] = (columns[i].Name, null);
            columns[i].Values?.AddRange(Enumerable.Range(0, batch.Length).Select(value ?? (_ => null)));
        }
    }

    // The value of a row; null: the column holds something else.
    private static Func<int, object?>? Value(IArrowArray column) => column switch
    {
        DoubleArray numbers => row => numbers.GetValue(row),
        FloatArray numbers => row => numbers.GetValue(row),
        HalfFloatArray numbers => row => numbers.GetValue(row),
        Int8Array numbers => row => numbers.GetValue(row),
        Int16Array numbers => row => numbers.GetValue(row),
        Int32Array numbers => row => numbers.GetValue(row),
        Int64Array numbers => row => numbers.GetValue(row),
        UInt8Array numbers => row => numbers.GetValue(row),
        UInt16Array numbers => row => numbers.GetValue(row),
        UInt32Array numbers => row => numbers.GetValue(row),
        UInt64Array numbers => row => numbers.GetValue(row),
        Decimal128Array numbers => row => numbers.GetValue(row),
        BooleanArray flags => row => flags.GetValue(row),
        StringArray texts => row => texts.GetString(row),
        LargeStringArray texts => row => texts.GetString(row),
        StringViewArray texts => row => texts.GetString(row),
        Date32Array days => row => days.GetDateTime(row),
        Date64Array days => row => days.GetDateTime(row),
        TimestampArray { Data.DataType: TimestampType { Timezone: { Length: > 0 } } } times => row => times.GetTimestamp(row),
        // A clock without a zone.
        TimestampArray times => row => times.GetTimestamp(row)?.DateTime,
        DictionaryArray coded => Coded(coded),
        NullArray => _ => null,
        _ => null,
    };

    // A category: an index into its values.
    private static Func<int, object?>? Coded(DictionaryArray coded)
    {
        Func<int, object?>? code = Value(coded.Indices), value = Value(coded.Dictionary);
        return code is null || value is null
            ? null
            : row => code(row) is { } index ? value(Convert.ToInt32(index, System.Globalization.CultureInfo.InvariantCulture)) : null;
    }
}
