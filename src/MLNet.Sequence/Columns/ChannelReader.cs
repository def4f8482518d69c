using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Columns;

/// <summary>Reads one column of a row as floats: a scalar as one, a vector as its slots.</summary>
/// <param name="channels">The target: one element per channel.</param>
internal delegate void ChannelReader(Span<float> channels);

/// <summary>Reads a vector of any length in double. The result is valid until the next call.</summary>
internal delegate Span<double> VectorReader();

/// <summary>The column types that hold channels, and their readers.</summary>
internal static class ChannelReaders
{
    public const string Expected = "Single, Double, an integer type or Boolean, or a vector of known size of one of them";

    /// <summary>Whether a column of this item type, not a key, holds numbers.</summary>
    public static bool Reads(DataViewType item) => item is not KeyDataViewType && To<float>.ByType.ContainsKey(item.RawType);

    /// <summary>The number of channels in a column of this type; 0 if it holds none.</summary>
    public static int CountChannels(DataViewType type) => type switch
    {
        VectorDataViewType vector => Reads(vector.ItemType) ? vector.Size : 0,
        _ => Reads(type) ? 1 : 0,
    };

    public static ChannelReader Create(DataViewRow row, DataViewSchema.Column column) => new(To<float>.Create(row, column));

    /// <summary>Reads one column of a row in double: exact for Double and for integers up to 2^53.</summary>
    public static Action<Span<double>> CreateDouble(DataViewRow row, DataViewSchema.Column column) => To<double>.Create(row, column);

    /// <summary>Reads a column of vectors in double; their length may differ from row to row.</summary>
    public static VectorReader CreateVector(DataViewRow row, DataViewSchema.Column column) => new(To<double>.CreateVector(row, column));

    /// <summary>Readers that return values of one type.</summary>
    private static class To<TNumber>
        where TNumber : struct, INumberBase<TNumber>
    {
        public static readonly Dictionary<Type, Readers> ByType = new()
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
            [typeof(bool)] = Of<bool>(value => value ? TNumber.One : TNumber.Zero),
        };

        public static Action<Span<TNumber>> Create(DataViewRow row, DataViewSchema.Column column) => column.Type is VectorDataViewType
            ? Fixed(CreateVector(row, column))
            : ByType[column.Type.RawType].Scalar(row, column);

        public static Values CreateVector(DataViewRow row, DataViewSchema.Column column) =>
            ByType[((VectorDataViewType)column.Type).ItemType.RawType].Vector(row, column);

        private static Readers Numbers<T>()
            where T : INumberBase<T> => Of<T>(TNumber.CreateSaturating);

        private static Readers Of<T>(Func<T, TNumber> convert) => new(
            (row, column) => Scalar(row.GetGetter<T>(column), convert),
            (row, column) => Vector(row.GetGetter<VBuffer<T>>(column), convert));

        private static Action<Span<TNumber>> Scalar<T>(ValueGetter<T> getter, Func<T, TNumber> convert)
        {
            T value = default!;
            return channels =>
            {
                getter(ref value);
                channels[0] = convert(value);
            };
        }

        private static Action<Span<TNumber>> Fixed(Values read) => channels =>
        {
            Span<TNumber> values = read();
            if (values.Length != channels.Length)
                throw new InvalidOperationException($"Expected a vector of {channels.Length} values; found {values.Length}.");
            values.CopyTo(channels);
        };

        private static Values Vector<T>(ValueGetter<VBuffer<T>> getter, Func<T, TNumber> convert)
        {
            VBuffer<T> buffer = default;
            TNumber[] values = [];
            return () =>
            {
                getter(ref buffer);
                if (values.Length < buffer.Length)
                    values = new TNumber[Math.Max(buffer.Length, 2 * values.Length)];
                ReadOnlySpan<T> items = buffer.GetValues();
                ReadOnlySpan<int> places = buffer.GetIndices();
                if (!buffer.IsDense)
                    Array.Clear(values, 0, buffer.Length);
                for (int i = 0; i < items.Length; i++)
                    values[buffer.IsDense ? i : places[i]] = convert(items[i]);
                return values.AsSpan(0, buffer.Length);
            };
        }

        public delegate Span<TNumber> Values();

        public sealed record Readers(
            Func<DataViewRow, DataViewSchema.Column, Action<Span<TNumber>>> Scalar,
            Func<DataViewRow, DataViewSchema.Column, Values> Vector);
    }
}
