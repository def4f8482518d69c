using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MLNet.Sequence.Data;

/// <summary>
/// Rows of the same number of values, appended one by one. Grows by chunks that double up to a limit and are never moved, so the peak of
/// memory while reading is the size of the data, not three times it.
/// </summary>
internal sealed class RowBuffer<T>(int width)
    where T : unmanaged
{
    private const int FirstChunkBits = 6;

    // Chunk i holds 2^(6+i) rows up to 2^16 (fewer if rows are wide: 2^22 values), and after that always the same number: small series stay
    // small, long ones waste at most one chunk.
    private readonly int _lastChunkBits = Math.Clamp(22 - BitOperations.Log2((uint)width), FirstChunkBits, 16);
    private readonly List<T[]> _chunks = [];
    private long _capacity;

    public int Width { get; } = width;

    public long Count { get; private set; }

    public void Add(ReadOnlySpan<T> row)
    {
        if (Count == _capacity)
        {
            int bits = Math.Min(FirstChunkBits + _chunks.Count, _lastChunkBits);
            _chunks.Add(new T[(1 << bits) * Width]);
            _capacity += 1 << bits;
        }

        row.CopyTo(Row(Count++));
    }

    /// <summary>Releases all rows.</summary>
    public void Clear()
    {
        _chunks.Clear();
        (_capacity, Count) = (0, 0);
    }

    /// <summary>The row at <paramref name="index"/>.</summary>
    public Span<T> Row(long index)
    {
        (int chunk, int offset) = Locate(index);
        return _chunks[chunk].AsSpan(offset * Width, Width);
    }

    /// <summary>Copies the rows [<paramref name="start"/>, start + rows of <paramref name="destination"/>).</summary>
    public void CopyTo(long start, Span<T> destination)
    {
        while (!destination.IsEmpty)
        {
            (int chunk, int offset) = Locate(start);
            ReadOnlySpan<T> source = _chunks[chunk].AsSpan(offset * Width);
            source = source[..Math.Min(source.Length, destination.Length)];
            source.CopyTo(destination);
            destination = destination[source.Length..];
            start += source.Length / Width;
        }
    }

    /// <summary>Adds all rows to a hash.</summary>
    public void AddTo(IncrementalHash hash)
    {
        long left = Count * Width;
        foreach (T[] chunk in _chunks)
        {
            hash.AppendData(MemoryMarshal.AsBytes(chunk.AsSpan(0, (int)Math.Min(left, chunk.Length))));
            left -= Math.Min(left, chunk.Length);
        }
    }

    private (int Chunk, int Offset) Locate(long row)
    {
        long growing = (1L << _lastChunkBits) - (1L << FirstChunkBits);
        if (row >= growing)
        {
            long beyond = row - growing;
            return (_lastChunkBits - FirstChunkBits + (int)(beyond >> _lastChunkBits), (int)(beyond & ((1 << _lastChunkBits) - 1)));
        }

        int bits = BitOperations.Log2((ulong)(row + (1 << FirstChunkBits)));
        return (bits - FirstChunkBits, (int)(row + (1 << FirstChunkBits) - (1L << bits)));
    }
}
