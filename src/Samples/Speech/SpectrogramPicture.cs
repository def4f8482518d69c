using System.Buffers.Binary;
using System.IO.Compression;

namespace MLNet.Sequence.Samples.Speech;

/// <summary>
/// Spectrograms, one under the other, as a grey PNG: time to the right in steps of 8 ms, frequency upwards to 4 kHz; 70 dB from black to white.
/// </summary>
internal static class SpectrogramPicture
{
    private const int Hop = 64, Rows = 129, Gap = 6;

    private const double Range = 70;

    public static void Write(string path, params float[][] sounds)
    {
        int width = sounds.Max(sound => Math.Max(1, sound.Length / Hop)), height = sounds.Length * (Rows + Gap) - Gap;
        // Each line begins with its filter, 0.
        var lines = new byte[height * (width + 1)];
        for (int i = 0; i < sounds.Length; i++)
        {
            double[][] columns = [.. Enumerable.Range(0, sounds[i].Length / Hop).AsParallel().AsOrdered().Select(x =>
                SoundFrames.Power(sounds[i], x * Hop - Rows).Select(power => 10 * Math.Log10(power + 1e-12)).ToArray())];
            double loudest = columns.Length == 0 ? 0 : Math.Max(-40, columns.Max(column => column.Max()));
            for (int x = 0; x < columns.Length; x++)
            {
                for (int k = 0; k < Rows; k++)
                    lines[(i * (Rows + Gap) + Rows - 1 - k) * (width + 1) + 1 + x] = (byte)(255 * Math.Clamp((columns[x][k] - loudest + Range) / Range, 0, 1));
            }
        }

        using FileStream file = File.Create(path);
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8; // bits; the rest is 0: grey
        Chunk(file, "IHDR"u8, header);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(lines);
        Chunk(file, "IDAT"u8, packed.ToArray());
        Chunk(file, "IEND"u8, []);
    }

    private static void Chunk(Stream file, ReadOnlySpan<byte> name, byte[] content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        byte[] named = [.. name, .. content];
        file.Write(named);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(named));
        file.Write(number);
    }

    private static uint Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in bytes)
        {
            crc ^= one;
            for (int bit = 0; bit < 8; bit++)
                crc = crc >> 1 ^ (crc % 2 == 1 ? 0xEDB88320 : 0);
        }

        return ~crc;
    }
}
