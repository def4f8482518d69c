using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Columns;

/// <summary>The values of a label's keys: as text in the model, and in their own type in the data.</summary>
internal static class KeyValues
{
    public const string Kind = "KeyValues";

    /// <summary>The annotation of a vector of scores: the class of each slot.</summary>
    public const string OfTraining = "TrainingLabelValues";

    public const string Expected = "text, Boolean, a number, a time or a row's id";

    private static readonly KeyValueForm[] Forms =
    [
        new KeyValueForm<ReadOnlyMemory<char>>(TextDataViewType.Instance, text => text.AsMemory(), value => value.ToString()),
        new KeyValueForm<bool>(BooleanDataViewType.Instance, bool.Parse, value => value.ToString()),
        Number<float>(NumberDataViewType.Single),
        Number<double>(NumberDataViewType.Double),
        Number<sbyte>(NumberDataViewType.SByte),
        Number<byte>(NumberDataViewType.Byte),
        Number<short>(NumberDataViewType.Int16),
        Number<ushort>(NumberDataViewType.UInt16),
        Number<int>(NumberDataViewType.Int32),
        Number<uint>(NumberDataViewType.UInt32),
        Number<long>(NumberDataViewType.Int64),
        Number<ulong>(NumberDataViewType.UInt64),
        // In forms that keep every part of the values.
        new KeyValueForm<DateTime>(
            DateTimeDataViewType.Instance, text => DateTime.ParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind), value =>
                value.ToString("O", CultureInfo.InvariantCulture)),
        new KeyValueForm<DateTimeOffset>(
            DateTimeOffsetDataViewType.Instance, text => DateTimeOffset.ParseExact(text, "O", CultureInfo.InvariantCulture), value =>
                value.ToString("O", CultureInfo.InvariantCulture)),
        new KeyValueForm<TimeSpan>(TimeSpanDataViewType.Instance, text => TimeSpan.ParseExact(text, "c", CultureInfo.InvariantCulture),
            value => value.ToString("c", CultureInfo.InvariantCulture)),
        new KeyValueForm<DataViewRowId>(RowIdDataViewType.Instance, ParseId, value => FormattableString.Invariant($"{value.Low:x16},{value.High:x16}")),
    ];

    public static bool Reads(DataViewType type) => Forms.Any(form => form.Type.Equals(type));

    /// <summary>The values as text, and the name of their type; null if the column's keys have no values.</summary>
    public static (string[] Values, string Type)? Of(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(Kind)?.Type is not VectorDataViewType type)
            return null;
        KeyValueForm form = Forms.FirstOrDefault(form => form.Type.Equals(type.ItemType))
            ?? throw new InvalidOperationException($"The keys of column '{column.Name}' have values of type {type.ItemType}: expected {Expected}.");
        return (form.Read(column.Annotations), form.Type.ToString()!);
    }

    /// <summary>Adds the values as an annotation, in the type that they have in the data.</summary>
    public static void Add(DataViewSchema.Annotations.Builder builder, string kind, IReadOnlyList<string> values, string type) =>
        (Forms.FirstOrDefault(form => form.Type.ToString() == type) ?? throw new FormatException($"There are no keys of values of type '{type}'."))
            .Add(builder, kind, values);

    /// <summary>Adds the names of slots.</summary>
    public static void AddSlotNames(DataViewSchema.Annotations.Builder builder, IReadOnlyList<string> names) => Forms[0].Add(builder, "SlotNames", names);

    private static DataViewRowId ParseId(string text)
    {
        ulong[] parts = [.. text.Split(',').Select(part => ulong.Parse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
        return new DataViewRowId(parts[0], parts[1]);
    }

    private static KeyValueForm<T> Number<T>(NumberDataViewType type)
        where T : IParsable<T>, IFormattable =>
        new(type, text => T.Parse(text, CultureInfo.InvariantCulture), value => value.ToString(null, CultureInfo.InvariantCulture));
}

/// <summary>Values of one type.</summary>
internal abstract class KeyValueForm(DataViewType type)
{
    public DataViewType Type { get; } = type;

    public abstract string[] Read(DataViewSchema.Annotations annotations);

    public abstract void Add(DataViewSchema.Annotations.Builder builder, string kind, IReadOnlyList<string> values);
}

/// <summary>Values of one type, from text and to text.</summary>
internal sealed class KeyValueForm<T>(DataViewType type, Func<string, T> parse, Func<T, string> print) : KeyValueForm(type)
{
    public override string[] Read(DataViewSchema.Annotations annotations)
    {
        VBuffer<T> values = default;
        annotations.GetValue(KeyValues.Kind, ref values);
        return [.. values.DenseValues().Select(print)];
    }

    public override void Add(DataViewSchema.Annotations.Builder builder, string kind, IReadOnlyList<string> values)
    {
        T[] parsed = [.. values.Select(parse)];
        builder.Add<VBuffer<T>>(kind, new VectorDataViewType((PrimitiveDataViewType)Type, parsed.Length),
            (ref VBuffer<T> value) => value = new(parsed.Length, parsed));
    }
}
