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
        if (column.Type is not KeyDataViewType)
            return () => number().ToString(CultureInfo.InvariantCulture);
        string[] names = Names(column);
        // Keys count from 1; 0 is the missing key, as the empty text is the missing text.
        return () => number() switch
        {
            0 => "",
            var key when key <= names.Length => names[key - 1],
            var key => key.ToString(CultureInfo.InvariantCulture),
        };
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

    // By what the keys stand for: their numbers differ from one data set to the next.
    private static string[] Names(DataViewSchema.Column column)
    {
        const string kind = "KeyValues";
        string[] Of<T>()
        {
            VBuffer<T> names = default;
            column.Annotations.GetValue(kind, ref names);
            return [.. names.DenseValues().Select(name => Convert.ToString(name, CultureInfo.InvariantCulture)!)];
        }

        if (column.Annotations.Schema.GetColumnOrNull(kind)?.Type is not VectorDataViewType values)
            return [];
        return values.ItemType is TextDataViewType ? Of<ReadOnlyMemory<char>>() : Type.GetTypeCode(values.ItemType.RawType) switch
        {
            TypeCode.Byte => Of<byte>(),
            TypeCode.UInt16 => Of<ushort>(),
            TypeCode.UInt32 => Of<uint>(),
            TypeCode.UInt64 => Of<ulong>(),
            TypeCode.SByte => Of<sbyte>(),
            TypeCode.Int16 => Of<short>(),
            TypeCode.Int32 => Of<int>(),
            TypeCode.Int64 => Of<long>(),
            _ => [],
        };
    }
}
