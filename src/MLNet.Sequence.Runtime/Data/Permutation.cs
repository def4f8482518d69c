using System.Numerics;

namespace MLNet.Sequence.Data;

/// <summary>
/// A random order of 0 … count − 1 that is computed, not stored: a Feistel network on the smallest even number of bits that holds the
/// count, repeated until the result is inside. It shuffles any number of rows in constant memory. The order of an epoch depends only on its
/// seed, so a resumed run needs no other state. For few rows the order is drawn.
/// </summary>
/// <remarks>Source: Black and Rogaway, "Ciphers with arbitrary finite domains", 2002, sections 3 (cycle walking) and 5.</remarks>
internal readonly struct Permutation
{
    private const int Rounds = 4;

    // Up to this count the network's non-uniformity would be visible: the order is drawn and stored.
    private const int Few = 128;

    private readonly long _count;
    private readonly int _halfBits;
    private readonly ulong _key;
    private readonly byte[]? _drawn;

    public Permutation(long count, long seed)
    {
        _count = count;
        _halfBits = Math.Max(1, (65 - BitOperations.LeadingZeroCount((ulong)Math.Max(count - 1, 1))) / 2);
        _key = RandomStream.Mix((ulong)seed);
        _drawn = count <= Few ? Draw((int)count, seed) : null;
    }

    public long this[long index]
    {
        get
        {
            if (_drawn is not null)
                return _drawn[index];
            do
                index = Encrypt(index);
            while (index >= _count);
            return index;
        }
    }

    // Fisher and Yates: all orders are equally likely.
    private static byte[] Draw(int count, long seed)
    {
        var random = new RandomStream(seed);
        var order = new byte[count];
        for (int i = 0; i < count; i++)
        {
            int j = (int)random.NextInt64(i + 1);
            (order[i], order[j]) = (order[j], (byte)i);
        }

        return order;
    }

    private long Encrypt(long value)
    {
        ulong mask = (1ul << _halfBits) - 1;
        ulong left = (ulong)value >> _halfBits, right = (ulong)value & mask;
        for (int round = 0; round < Rounds; round++)
            (left, right) = (right, left ^ (RandomStream.Mix(_key ^ (right * Rounds + (ulong)round)) & mask));
        return (long)((left << _halfBits) | right);
    }
}
