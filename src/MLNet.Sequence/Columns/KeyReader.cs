using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Columns;

/// <summary>Reads the column that identifies the series, as text.</summary>
internal static class KeyReader
{
    public const string Expected = $"text, a key or an integer type; the values of keys, if they have any, are {KeyValues.Expected}";

    public static bool Reads(DataViewSchema.Column column) => column.Type is KeyDataViewType
        ? column.Annotations.Schema.GetColumnOrNull(KeyValues.Kind)?.Type is not VectorDataViewType values || KeyValues.Reads(values.ItemType)
        : ReadsItem(column.Type);

    /// <inheritdoc cref="Reads(DataViewSchema.Column)"/>
    public static bool Reads(SchemaShape.Column column) => column.IsKey
        ? SchemaShapes.KeyValuesOf(column) is not { } values || KeyValues.Reads(values)
        : ReadsItem(column.ItemType);

    public static Func<string> Create(DataViewRow row, DataViewSchema.Column column) => Type.GetTypeCode(column.Type.RawType) switch
    {
        TypeCode.Byte => Number(row.GetGetter<byte>(column), column),
        TypeCode.UInt16 => Number(row.GetGetter<ushort>(column), column),
        TypeCode.UInt32 => Number(row.GetGetter<uint>(column), column),
        TypeCode.UInt64 => Number(row.GetGetter<ulong>(column), column),
        TypeCode.SByte => Number(row.GetGetter<sbyte>(column), column),
        TypeCode.Int16 => Number(row.GetGetter<short>(column), column),
        TypeCode.Int32 => Number(row.GetGetter<int>(column), column),
        TypeCode.Int64 => Number(row.GetGetter<long>(column), column),
        _ when column.Type is TextDataViewType => Text(row.GetGetter<ReadOnlyMemory<char>>(column)),
        _ => throw new NotSupportedException($"A series column of type {column.Type} cannot be read."),
    };

    private static bool ReadsItem(DataViewType type) =>
        type is TextDataViewType || type is NumberDataViewType && type.RawType != typeof(float) && type.RawType != typeof(double);

    private static Func<string> Text(ValueGetter<ReadOnlyMemory<char>> getter)
    {
        ReadOnlyMemory<char> value = default;
        string last = "";
        return () =>
        {
            getter(ref value);
            // Consecutive rows are often of one series: its name is made once.
            if (!value.Span.SequenceEqual(last))
                last = value.ToString();
            return last;
        };
    }

    // Keys are compared by their values: their numbers differ from one data set to the next. They count from 1; 0 is the missing key, as
    // the empty text is the missing text.
    private static Func<string> Number<T>(ValueGetter<T> getter, DataViewSchema.Column column)
        where T : struct, IConvertible, IFormattable
    {
        T value = default;
        string[]? names = column.Type is KeyDataViewType ? KeyValues.Of(column)?.Values ?? [] : null;
        return () =>
        {
            getter(ref value);
            if (names is null)
                return value.ToString(null, CultureInfo.InvariantCulture);
            ulong key = value.ToUInt64(CultureInfo.InvariantCulture);
            return key == 0 ? "" : key <= (ulong)names.Length ? names[key - 1] : key.ToString(CultureInfo.InvariantCulture);
        };
    }
}
