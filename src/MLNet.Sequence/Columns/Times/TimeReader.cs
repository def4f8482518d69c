using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Calendars;

namespace MLNet.Sequence.Columns;

/// <summary>Reads the column that must ascend within a series.</summary>
internal static class TimeReader
{
    public const string Expected = "DateTime, DateTimeOffset, TimeSpan, a number or text";

    private static readonly string[] IsoForms =
    [
        "yyyy-MM-dd", "yyyy-MM", .. new[] { "'T'", " " }.SelectMany(mark => new[] { "HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF" }
            .Select(clock => $"yyyy-MM-dd{mark}{clock}K")),
    ];

    public static bool Reads(DataViewType type) => type is DateTimeDataViewType or DateTimeOffsetDataViewType or TimeSpanDataViewType
        or NumberDataViewType or TextDataViewType;

    /// <summary>Checks that times ascend within each series.</summary>
    public static AscendingTimes CreateCheck(DataViewRow row, DataViewSchema.Column column) => column.Type is TextDataViewType
        ? CheckText(row, column)
        : Of(column.Type).Check(row, column);

    /// <summary>Reads the times themselves; text as a string.</summary>
    public static Func<object> Create(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is not TextDataViewType)
            return Of(column.Type).Values(row, column);
        ValueGetter<ReadOnlyMemory<char>> getter = row.GetGetter<ReadOnlyMemory<char>>(column);
        ReadOnlyMemory<char> text = default;
        return () =>
        {
            getter(ref text);
            return text.ToString();
        };
    }

    /// <summary>Reads times that can be counted; null: the text is not a date in ISO form, or it is not a time (NaN).</summary>
    public static Func<TimePoint?> CreatePoints(DataViewRow row, DataViewSchema.Column column)
    {
        Func<TimePoint?> Read<T>(Func<T, TimePoint?> convert)
        {
            ValueGetter<T> getter = row.GetGetter<T>(column);
            T time = default!;
            return () =>
            {
                getter(ref time);
                return convert(time);
            };
        }

        switch (column.Type)
        {
            case TextDataViewType:
                return Read<ReadOnlyMemory<char>>(text => Iso(text.Span));
            case DateTimeDataViewType:
                return Read<DateTime>(date => new TimePoint(date));
            case DateTimeOffsetDataViewType:
                return Read<DateTimeOffset>(date => new TimePoint(date));
            case TimeSpanDataViewType:
                return Read<TimeSpan>(span => new TimePoint(span.TotalSeconds));
            default:
                Action<Span<double>> read = ChannelReaders.CreateDouble(row, column);
                var number = new double[1];
                return () =>
                {
                    read(number);
                    return double.IsFinite(number[0]) ? new TimePoint(number[0]) : null;
                };
        }
    }

    // "2024-01-31", "2024-01", "2024-01-31T13:05:59.123+01:00", or a space instead of the T.
    private static TimePoint? Iso(ReadOnlySpan<char> text) =>
        DateTimeOffset.TryParseExact(text, IsoForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date)
            ? new TimePoint(date) : null;

    /// <summary>Which of two times comes first; text is compared character by character.</summary>
    public static int Compare(object one, object other) =>
        one is string text ? string.CompareOrdinal(text, (string)other) : ((IComparable)one).CompareTo(other);

    private static Form Of(DataViewType type) => Type.GetTypeCode(type.RawType) switch
    {
        TypeCode.Single => Number<float>(),
        TypeCode.Double => Number<double>(),
        TypeCode.Byte => Number<byte>(),
        TypeCode.UInt16 => Number<ushort>(),
        TypeCode.UInt32 => Number<uint>(),
        TypeCode.UInt64 => Number<ulong>(),
        TypeCode.SByte => Number<sbyte>(),
        TypeCode.Int16 => Number<short>(),
        TypeCode.Int32 => Number<int>(),
        TypeCode.Int64 => Number<long>(),
        TypeCode.DateTime => Printed<DateTime>("yyyy-MM-dd HH:mm:ss"),
        _ when type is DateTimeOffsetDataViewType => Printed<DateTimeOffset>("yyyy-MM-dd HH:mm:sszzz"),
        _ when type is TimeSpanDataViewType => Printed<TimeSpan>("c"),
        _ => throw new NotSupportedException($"A time column of type {type} cannot be read."),
    };

    private static Form Number<T>()
        where T : IComparable<T>, IFormattable => Printed<T>(null);

    private static Form Printed<T>(string? format)
        where T : IComparable<T>, IFormattable
    {
        string Print(T time) => time.ToString(format, CultureInfo.InvariantCulture);
        return new Form((row, column) => Check<T>(row, column, Print), Values<T>);
    }

    private static Func<object> Values<T>(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        T time = default!;
        return () =>
        {
            getter(ref time);
            return time!;
        };
    }

    private static AscendingTimes<T> Check<T>(DataViewRow row, DataViewSchema.Column column, Func<T, string> print)
        where T : IComparable<T>
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        T read = default!;
        return new AscendingTimes<T>(
            () =>
            {
                getter(ref read);
                return read;
            },
            (time, before, known) =>
            {
                // A NaN never ascends.
                if ((!known || time.CompareTo(before) > 0) && time is not (float.NaN or double.NaN))
                    return null;
                return known ? $"{print(time)} does not come after {print(before!)}{Spacing(time, before!)}" : $"{print(time)} is not a time";
            });
    }

    // Equal times may have differed before they became Single.
    private static string Spacing<T>(T time, T before) => time is float value && value.Equals(before)
        ? string.Create(CultureInfo.InvariantCulture, $" (there, Single holds only numbers {SingleSpacing.At(value):G4} apart)")
        : "";

    private static AscendingTimes<string> CheckText(DataViewRow row, DataViewSchema.Column column)
    {
        Func<object> read = Create(row, column);
        return new AscendingTimes<string>(() => (string)read(), (now, before, known) =>
        {
            if (!known || now == before ? !known : Iso(now) is { } date && Iso(before) is { } earlier ? date.IsAfter(earlier)
                : string.CompareOrdinal(now, before) > 0)
                return null;
            return $"'{now}' does not come after '{before}'{(Iso(now) is null ? " (text is compared character by character)" : "")}";
        });
    }

    /// <summary>Checks and reads times of one type.</summary>
    private sealed record Form(
        Func<DataViewRow, DataViewSchema.Column, AscendingTimes> Check,
        Func<DataViewRow, DataViewSchema.Column, Func<object>> Values);
}
