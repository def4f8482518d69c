using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Estimators;

/// <summary>Reads one column of a row as floats: a scalar as one, a vector as its slots.</summary>
/// <param name="channels">Where to: one place per channel.</param>
internal delegate void ChannelReader(Span<float> channels);

/// <summary>Reads a vector of any length as floats, which stay until the next call.</summary>
internal delegate Span<float> VectorReader();

/// <summary>The column types that hold channels, and their readers.</summary>
internal static class ChannelReaders
{
    public const string Expected = "Single, Double, an integer type or Boolean, or a vector of known size of one of them";

    private static readonly Dictionary<Type, Readers> ByType = new()
    {
        [typeof(float)] = Numbers<float>(),
        [typeof(double)] = Numbers<double>(),
        [typeof(sbyte)] = Numbers<sbyte>(),
        [typeof(byte)] = Numbers<byte>(),
        [typeof(short)] = Numbers<short>(),
        [typeof(ushort)] = Numbers<ushort>(),
        [typeof(int)] = Numbers<int>(),
        [typeof(uint)] = Numbers<uint>(),
        [typeof(long)] = Numbers<long>(),
        [typeof(ulong)] = Numbers<ulong>(),
        [typeof(bool)] = Of<bool>(value => value ? 1 : 0),
    };

    /// <summary>Whether a column of this item type, not a key, holds numbers.</summary>
    public static bool Reads(DataViewType item) => item is not KeyDataViewType && ByType.ContainsKey(item.RawType);

    /// <summary>The number of channels in a column of this type; 0 where it holds none.</summary>
    public static int CountChannels(DataViewType type) => type switch
    {
        VectorDataViewType vector => Reads(vector.ItemType) ? vector.Size : 0,
        _ => Reads(type) ? 1 : 0,
    };

    public static ChannelReader Create(DataViewRow row, DataViewSchema.Column column) => column.Type is VectorDataViewType vector
        ? Fixed(CreateVector(row, column))
        : ByType[column.Type.RawType].Scalar(row, column);

    /// <summary>Reads a column of vectors, whose length may differ from row to row.</summary>
    public static VectorReader CreateVector(DataViewRow row, DataViewSchema.Column column) =>
        ByType[((VectorDataViewType)column.Type).ItemType.RawType].Vector(row, column);

    private static Readers Numbers<T>()
        where T : INumberBase<T> => Of<T>(float.CreateSaturating);

    private static Readers Of<T>(Func<T, float> convert) => new(
        (row, column) => Scalar(row.GetGetter<T>(column), convert),
        (row, column) => Vector(row.GetGetter<VBuffer<T>>(column), convert));

    private static ChannelReader Scalar<T>(ValueGetter<T> getter, Func<T, float> convert)
    {
        T value = default!;
        return channels =>
        {
            getter(ref value);
            channels[0] = convert(value);
        };
    }

    private static ChannelReader Fixed(VectorReader read) => channels =>
    {
        Span<float> values = read();
        if (values.Length != channels.Length)
            throw new InvalidOperationException($"Expected a vector of {channels.Length} values; found {values.Length}.");
        values.CopyTo(channels);
    };

    private static VectorReader Vector<T>(ValueGetter<VBuffer<T>> getter, Func<T, float> convert)
    {
        VBuffer<T> buffer = default;
        float[] values = [];
        return () =>
        {
            getter(ref buffer);
            if (values.Length < buffer.Length)
                values = new float[Math.Max(buffer.Length, 2 * values.Length)];
            ReadOnlySpan<T> items = buffer.GetValues();
            ReadOnlySpan<int> places = buffer.GetIndices();
            if (!buffer.IsDense)
                Array.Clear(values, 0, buffer.Length);
            for (int i = 0; i < items.Length; i++)
                values[buffer.IsDense ? i : places[i]] = convert(items[i]);
            return values.AsSpan(0, buffer.Length);
        };
    }

    private sealed record Readers(
        Func<DataViewRow, DataViewSchema.Column, ChannelReader> Scalar,
        Func<DataViewRow, DataViewSchema.Column, VectorReader> Vector);
}
