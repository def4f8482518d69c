using System.Globalization;
using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Estimators;

/// <summary>Reads the column that must ascend within a series.</summary>
internal static class TimeReader
{
    public const string Expected = "DateTime, DateTimeOffset, TimeSpan, a number or text";

    public static bool Reads(DataViewType type) => type is DateTimeDataViewType or DateTimeOffsetDataViewType or TimeSpanDataViewType
        or NumberDataViewType or TextDataViewType;

    /// <summary>A check that remembers the last time of each series, and its message when a row's is not later.</summary>
    public static Func<string, string?> CreateCheck(DataViewRow row, DataViewSchema.Column column) => column.Type switch
    {
        DateTimeDataViewType => Check<DateTime>(row, column, time => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)),
        DateTimeOffsetDataViewType => Check<DateTimeOffset>(row, column, time => time.ToString("yyyy-MM-dd HH:mm:sszzz", CultureInfo.InvariantCulture)),
        TimeSpanDataViewType => Check<TimeSpan>(row, column, time => time.ToString("c", CultureInfo.InvariantCulture)),
        TextDataViewType => CheckText(row, column),
        _ => CheckNumber(row, column),
    };

    private static Func<string, string?> CheckNumber(DataViewRow row, DataViewSchema.Column column)
    {
        Func<string, string?> Of<T>()
            where T : INumber<T> => Check<T>(row, column, time => time.ToString(null, CultureInfo.InvariantCulture));
        return Type.GetTypeCode(column.Type.RawType) switch
        {
            TypeCode.Single => Of<float>(),
            TypeCode.Double => Of<double>(),
            TypeCode.Byte => Of<byte>(),
            TypeCode.UInt16 => Of<ushort>(),
            TypeCode.UInt32 => Of<uint>(),
            TypeCode.UInt64 => Of<ulong>(),
            TypeCode.SByte => Of<sbyte>(),
            TypeCode.Int16 => Of<short>(),
            TypeCode.Int32 => Of<int>(),
            TypeCode.Int64 => Of<long>(),
            _ => throw new NotSupportedException($"A time column of type {column.Type} cannot be read."),
        };
    }

    private static Func<string, string?> Check<T>(DataViewRow row, DataViewSchema.Column column, Func<T, string> print)
        where T : IComparable<T>
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        var last = new Dictionary<string, T>(StringComparer.Ordinal);
        T time = default!;
        return series =>
        {
            getter(ref time);
            bool known = last.TryGetValue(series, out T? before);
            last[series] = time;
            // A NaN ascends over nothing.
            if ((!known || time.CompareTo(before) > 0) && time is not (float.NaN or double.NaN))
                return null;
            return known ? $"{print(time)} does not come after {print(before!)}" : $"{print(time)} is no time";
        };
    }

    private static Func<string, string?> CheckText(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<ReadOnlyMemory<char>> getter = row.GetGetter<ReadOnlyMemory<char>>(column);
        var last = new Dictionary<string, string>(StringComparer.Ordinal);
        ReadOnlyMemory<char> time = default;
        return series =>
        {
            getter(ref time);
            bool ascends = !last.TryGetValue(series, out string? before) || time.Span.CompareTo(before, StringComparison.Ordinal) > 0;
            string now = time.ToString();
            last[series] = now;
            return ascends ? null : $"'{now}' does not come after '{before}' (text is compared character by character)";
        };
    }
}
