using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>Dropout masks value by value, from SplitMix64 as published (Steele, Lea and Flood 2014, figure 17).</summary>
internal static class PlainMasks
{
    /// <summary>Whether each value of mask <paramref name="number"/>, from 0, of a pass stays.</summary>
    public static bool[] Kept(long seed, ulong number, double rate, int count)
    {
        ulong key = SplitMix64(SplitMix64((ulong)seed) + number);
        double share = 65536 * (1 - rate);
        int stay = (int)Math.Floor(share);
        if (SplitMix64(key - 1) / Math.Pow(2, 64) >= 1 - (share - stay))
            stay++;
        // The largest of the 65,536 values of a signed 16-bit number are kept.
        return [.. Enumerable.Range(0, count).Select(i => (short)(SplitMix64(key + (ulong)(i / 4)) >> (i % 4 * 16)) > 32767 - Math.Max(1, stay))];
    }

    private static ulong SplitMix64(ulong state)
    {
        ulong z = state + 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
