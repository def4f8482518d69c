using System.Buffers.Binary;
using MLNet.Sequence.Model;

namespace MLNet.Sequence;

/// <summary>Sound as a WAV file: RIFF with linear samples of 16 bits, one channel (IBM and Microsoft, 1991, chapter 3).</summary>
public static partial class WavFile
{
    private const int HeaderSize = 44, BytesPerSample = 2;

    /// <summary>Writes samples as mono sound to a file: first under a temporary name in the same folder, then renamed.</summary>
    /// <param name="path">The file, which is replaced if it exists; its folder must exist.</param>
    /// <param name="samples">In [−1, 1]; values outside are clipped.</param>
    /// <param name="rate">Samples per second; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is below 1, or there are more samples than a file holds.</exception>
    /// <exception cref="IOException">The file cannot be written; no incomplete file is left.</exception>
    public static void Write(string path, ReadOnlySpan<float> samples, int rate)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var sound = new MemoryStream();
        Write(sound, samples, rate);
        AtomicFile.Write(path, stream => sound.WriteTo(stream));
    }

    /// <summary>Writes samples as mono sound.</summary>
    /// <param name="stream">The stream to write to; it need not support seeking.</param>
    /// <param name="samples">In [−1, 1]; values outside are clipped.</param>
    /// <param name="rate">Samples per second; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is below 1, or there are more samples than a file holds.</exception>
    public static void Write(Stream stream, ReadOnlySpan<float> samples, int rate)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(rate, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(samples.Length, (int.MaxValue - HeaderSize) / BytesPerSample, nameof(samples));
        int size = samples.Length * BytesPerSample;
        Span<byte> header = stackalloc byte[HeaderSize];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], HeaderSize - 8 + size);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(header[20..], 1); // linear
        BinaryPrimitives.WriteInt16LittleEndian(header[22..], 1); // one channel
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], rate);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], rate * BytesPerSample);
        BinaryPrimitives.WriteInt16LittleEndian(header[32..], BytesPerSample);
        BinaryPrimitives.WriteInt16LittleEndian(header[34..], 8 * BytesPerSample);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[40..], size);
        stream.Write(header);

        var bytes = new byte[size];
        for (int i = 0; i < samples.Length; i++)
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(BytesPerSample * i), (short)Math.Round(Math.Clamp(samples[i], -1f, 1f) * short.MaxValue));
        stream.Write(bytes);
    }
}
