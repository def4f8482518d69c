using System.Buffers.Binary;

namespace MLNet.Sequence.Tests.Model;

/// <summary>Changes to the bytes of a file of any kind: other bytes, missing, repeated or moved parts, and other numbers in
/// fields.</summary>
internal static class ByteMutation
{
    private const int Most = 64;

    private static readonly long[] Numbers = [0, 1, -1, 127, 128, 255, 256, short.MaxValue, ushort.MaxValue, int.MaxValue, int.MinValue, uint.MaxValue,
        1L << 28, 1L << 40, long.MaxValue, long.MinValue];

    // Where a zip's directory and its entries begin.
    private static readonly byte[][] Marks = [[(byte)'P', (byte)'K', 1, 2], [(byte)'P', (byte)'K', 3, 4], [(byte)'P', (byte)'K', 5, 6]];

    /// <summary>One change.</summary>
    public static byte[] Apply(byte[] file, RandomStream random)
    {
        if (file.Length == 0)
            return [0];
        int at = (int)random.NextInt64(file.Length), length = (int)Math.Min(random.NextInt64(Most) + 1, file.Length - at);
        switch (random.NextInt64(10))
        {
            case 0:
                return file[..at];
            case 1:
                return [.. file[..at], .. file[(at + length)..]];
            case 2:
                return [.. file[..at], .. file[at..(at + length)], .. file[at..]];
            case 3:
                return [.. file[at..], .. file[..at]];
            case 4:
                return [.. file, .. file[at..(at + length)]];
            case 5 or 6:
                return WithNumber(file, Field(file, random) ?? at, random);
            case 7:
                return WithNumber(file, at, random);
            default:
                byte[] changed = [.. file];
                for (long i = random.NextInt64(8); i >= 0; i--)
                    changed[random.NextInt64(file.Length)] ^= (byte)(1 << (int)random.NextInt64(8));
                return changed;
        }
    }

    // A field of the zip's directory or of an entry.
    private static int? Field(byte[] file, RandomStream random)
    {
        byte[] mark = Marks[random.NextInt64(Marks.Length)];
        int found = file.AsSpan().IndexOf(mark);
        int next = found < 0 ? -1 : file.AsSpan(found + 1).IndexOf(mark);
        if (next >= 0 && random.NextInt64(2) == 0)
            found += 1 + next;
        return found < 0 ? null : found + 4 + 2 * (int)random.NextInt64(21);
    }

    private static byte[] WithNumber(byte[] file, int at, RandomStream random)
    {
        byte[] changed = [.. file];
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, Numbers[random.NextInt64(Numbers.Length)]);
        int width = Math.Clamp(1 << (int)random.NextInt64(4), 0, Math.Max(0, file.Length - at));
        number[..width].CopyTo(changed.AsSpan(Math.Min(at, file.Length)));
        return changed;
    }
}
