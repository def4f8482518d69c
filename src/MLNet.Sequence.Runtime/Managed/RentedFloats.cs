using System.Buffers;

namespace MLNet.Sequence.Managed;

/// <summary>Working space that is kept between calls, by the shared pool of arrays; given back at the end of the block.</summary>
internal readonly ref struct RentedFloats
{
    private readonly float[] _array;

    private RentedFloats(int size)
    {
        _array = ArrayPool<float>.Shared.Rent(size);
        Values = _array.AsSpan(0, size);
    }

    /// <summary>The floats, of any content.</summary>
    public Span<float> Values { get; }

    /// <summary>Floats of any content.</summary>
    public static RentedFloats Of(int size) => new(size);

    /// <summary>Floats that are all 0.</summary>
    public static RentedFloats Zeros(int size)
    {
        RentedFloats rented = new(size);
        rented.Values.Clear();
        return rented;
    }

    public void Dispose() => ArrayPool<float>.Shared.Return(_array);
}
