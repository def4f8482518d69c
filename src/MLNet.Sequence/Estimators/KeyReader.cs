using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Estimators;

/// <summary>Reads the column that tells series apart, as text.</summary>
internal static class KeyReader
{
    public const string Expected = "text, a key or an integer type";

    public static bool Reads(DataViewType type) => type is TextDataViewType or KeyDataViewType
        || type is NumberDataViewType && type.RawType != typeof(float) && type.RawType != typeof(double);

    public static Func<string> Create(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is TextDataViewType)
            return Text(row.GetGetter<ReadOnlyMemory<char>>(column));
        Func<long> number = Number(row, column);
        ReadOnlyMemory<char>[] names = column.Type is KeyDataViewType ? Names(column) : [];
        // Keys count from 1; 0 is the missing key.
        return () => number() is var key && key >= 1 && key <= names.Length
            ? names[key - 1].ToString()
            : key.ToString(CultureInfo.InvariantCulture);
    }

    private static Func<string> Text(ValueGetter<ReadOnlyMemory<char>> getter)
    {
        ReadOnlyMemory<char> value = default;
        string last = "";
        return () =>
        {
            getter(ref value);
            // Neighbouring rows are often of one series: its name is made once.
            if (!value.Span.SequenceEqual(last))
                last = value.ToString();
            return last;
        };
    }

    private static Func<long> Number(DataViewRow row, DataViewSchema.Column column)
    {
        Func<long> Of<T>(Func<T, long> convert)
        {
            ValueGetter<T> getter = row.GetGetter<T>(column);
            T value = default!;
            return () =>
            {
                getter(ref value);
                return convert(value);
            };
        }

        return Type.GetTypeCode(column.Type.RawType) switch
        {
            TypeCode.Byte => Of<byte>(value => value),
            TypeCode.UInt16 => Of<ushort>(value => value),
            TypeCode.UInt32 => Of<uint>(value => value),
            TypeCode.UInt64 => Of<ulong>(value => checked((long)value)),
            TypeCode.SByte => Of<sbyte>(value => value),
            TypeCode.Int16 => Of<short>(value => value),
            TypeCode.Int32 => Of<int>(value => value),
            TypeCode.Int64 => Of<long>(value => value),
            _ => throw new NotSupportedException($"A series column of type {column.Type} cannot be read."),
        };
    }

    private static ReadOnlyMemory<char>[] Names(DataViewSchema.Column column)
    {
        const string kind = "KeyValues";
        if (column.Annotations.Schema.GetColumnOrNull(kind)?.Type is not VectorDataViewType { ItemType: TextDataViewType })
            return [];
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.Annotations.GetValue(kind, ref names);
        return [.. names.DenseValues()];
    }
}
