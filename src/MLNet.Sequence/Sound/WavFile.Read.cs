using System.Buffers.Binary;

namespace MLNet.Sequence;

public static partial class WavFile
{
    /// <summary>The smallest and the largest rate that is read, in samples per second: from telephone to most speech.</summary>
    public const int LeastRate = 8000, LargestRate = 24000;

    private const int Linear = 1, Extensible = 0xFFFE;

    /// <summary>Reads a file of mono sound with linear samples of 16 bits. Other forms are refused, not converted.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rate">The expected samples per second; null, the default: any from 8000 to 24000.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">
    /// It is not such a sound, of another rate, or cut off; the message names the file, what it has, what is expected, and the remedy.
    /// </exception>
    public static WavSound Read(string path, int? rate = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no sound file '{path}'.", path);
        return Read(File.ReadAllBytes(path), rate, $"'{path}'");
    }

    /// <summary>Reads mono sound with linear samples of 16 bits from a stream, to its end.</summary>
    /// <inheritdoc cref="Read(string, int?)"/>
    /// <param name="stream">The stream; it stays open.</param>
    /// <param name="rate">The expected samples per second; null, the default: any from 8000 to 24000.</param>
    public static WavSound Read(Stream stream, int? rate = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return Read(bytes.ToArray(), rate, "The stream");
    }

    private static WavSound Read(ReadOnlySpan<byte> file, int? rate, string name)
    {
        if (rate is not null)
            ArgumentOutOfRangeException.ThrowIfLessThan(rate.Value, 1, nameof(rate));
        if (file.Length < 12 || !file.StartsWith("RIFF"u8) || !file[8..].StartsWith("WAVE"u8))
            throw new FormatException($"{name} is not a WAV file: expected RIFF and WAVE at its beginning.");
        ReadOnlySpan<byte> format = Chunk(file, "fmt "u8, name), data = Chunk(file, "data"u8, name);
        int found = Check(format, rate, name);
        if (data.Length % BytesPerSample != 0)
            throw CutOff(name, $"its {data.Length} bytes of sound are not a whole number of samples of 16 bits");
        var samples = new float[data.Length / BytesPerSample];
        for (int i = 0; i < samples.Length; i++)
            samples[i] = Math.Max(-1f, BinaryPrimitives.ReadInt16LittleEndian(data[(BytesPerSample * i)..]) / (float)short.MaxValue);
        return new WavSound(samples, found);
    }

    // The samples per second.
    private static int Check(ReadOnlySpan<byte> format, int? rate, string name)
    {
        if (format.Length < 16)
            throw CutOff(name, $"its format has {format.Length} bytes of at least 16");
        int code = BinaryPrimitives.ReadUInt16LittleEndian(format), channels = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(format[14..]);
        uint found = BinaryPrimitives.ReadUInt32LittleEndian(format[4..]);
        // The extended form has the code at the beginning of its last 16 bytes.
        if (code == Extensible && format.Length >= 26)
            code = BinaryPrimitives.ReadUInt16LittleEndian(format[24..]);
        if (channels != 1)
            throw Unread(name, $"{channels} channels", "one channel", "-ac 1");
        if (code != Linear || bits != 8 * BytesPerSample)
            throw Unread(name, $"samples of {bits} bits in the format {code}", "linear samples of 16 bits, format 1", "-c:a pcm_s16le");
        if (rate is { } expected && found != expected)
            throw Unread(name, $"{found} samples per second", $"{expected}", $"-ar {expected}");
        if (rate is null && found is < LeastRate or > LargestRate)
            throw Unread(name, $"{found} samples per second", $"{LeastRate} to {LargestRate}", $"-ar {Math.Clamp(found, LeastRate, LargestRate)}");
        return (int)found;
    }

    // Chunks have a name of four bytes, a length, and a padding byte if it is odd.
    private static ReadOnlySpan<byte> Chunk(ReadOnlySpan<byte> file, ReadOnlySpan<byte> wanted, string name)
    {
        for (long place = 12; place + 8 <= file.Length;)
        {
            ReadOnlySpan<byte> rest = file[(int)place..];
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            if (length > rest.Length - 8)
                throw CutOff(name, $"its part '{System.Text.Encoding.ASCII.GetString(rest[..4]).TrimEnd()}' has {rest.Length - 8} of {length} bytes");
            if (rest.StartsWith(wanted))
                return rest.Slice(8, (int)length);
            place += 8 + length + length % 2;
        }

        throw CutOff(name, $"it has no part '{System.Text.Encoding.ASCII.GetString(wanted).TrimEnd()}'");
    }

    private static FormatException CutOff(string name, string why) => new($"{name} is cut off or damaged: {why}. Copy or record the sound again.");

    private static FormatException Unread(string name, string found, string expected, string option) =>
        new($"{name} has {found}; expected {expected}. Convert it first, for example with ffmpeg -i IN.wav {option} OUT.wav.");
}
