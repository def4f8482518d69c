using System.Numerics;

namespace MLNet.Sequence;

/// <summary>
/// A stream of pseudo-random numbers that is the same on every machine and in every .NET version; <see cref="Random"/> does not promise
/// this. xoshiro256**, seeded through SplitMix64.
/// </summary>
/// <remarks>Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021, section 3.</remarks>
internal sealed class RandomStream
{
    /// <summary>The numbers of SplitMix64.</summary>
    public const ulong Increment = 0x9E3779B97F4A7C15, FirstFactor = 0xBF58476D1CE4E5B9, SecondFactor = 0x94D049BB133111EB;

    private ulong _s0, _s1, _s2, _s3;

    /// <summary>A stream that depends on all of <paramref name="seeds"/> and on their order.</summary>
    public RandomStream(params ReadOnlySpan<long> seeds)
    {
        ulong state = Increment;
        foreach (long seed in seeds)
            state = Mix(state ^ (ulong)seed);
        _s0 = Mix(state += Increment);
        _s1 = Mix(state += Increment);
        _s2 = Mix(state += Increment);
        _s3 = Mix(state + Increment);
    }

    /// <summary>SplitMix64's output function: a bijection of 64 bits without visible structure.</summary>
    public static ulong Mix(ulong z)
    {
        z += Increment;
        z = (z ^ (z >> 30)) * FirstFactor;
        z = (z ^ (z >> 27)) * SecondFactor;
        return z ^ (z >> 31);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1ul << 53));

    /// <summary>Standard normal, by the Box-Muller transform.</summary>
    public double NextNormal() =>
        Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>Uniform in [0, <paramref name="limit"/>).</summary>
    public long NextInt64(long limit) => (long)Math.BigMul(NextBits(), (ulong)limit, out _);
}
