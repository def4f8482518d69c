using System.Numerics;

namespace MLNet.Sequence.Data;

/// <summary>
/// A random order of 0 … count − 1 that is computed, not stored: a Feistel network on the smallest even number of bits
/// that holds the count, walked until it lands inside. Shuffles any number of rows in constant memory, and the order
/// of an epoch follows from its seed alone, so that a resumed run needs no other state.
/// </summary>
/// <remarks>Source: Black and Rogaway, "Ciphers with arbitrary finite domains", 2002, sections 3 (cycle walking) and 5.</remarks>
internal readonly struct Permutation
{
    private const int Rounds = 4;
    private readonly long _count;
    private readonly int _halfBits;
    private readonly ulong _key;

    public Permutation(long count, long seed)
    {
        _count = count;
        _halfBits = Math.Max(1, (65 - BitOperations.LeadingZeroCount((ulong)Math.Max(count - 1, 1))) / 2);
        _key = RandomStream.Mix((ulong)seed);
    }

    public long this[long index]
    {
        get
        {
            do
                index = Encrypt(index);
            while (index >= _count);
            return index;
        }
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
