using System.Buffers.Binary;

namespace MLNet.Sequence.Torch;

/// <summary>
/// Whether a shared library is whole. The system's loader does not ask: it maps a file that was cut short, and the process
/// is ended by a bus error when it touches what is missing.
/// </summary>
internal static class ElfSegments
{
    private const int HeaderSize = 64;
    private const int SegmentHeaderSize = 56;
    private const uint Loadable = 1;

    /// <exception cref="BadImageFormatException">The file ends before the contents that it announces.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static void RefuseIncomplete(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> header = stackalloc byte[HeaderSize];
        var complete = file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) == HeaderSize;
        // What is no such file at all, the loader refuses in words of its own.
        if (complete && !(header.StartsWith("\u007fELF\u0002\u0001"u8) && BinaryPrimitives.ReadUInt16LittleEndian(header[54..]) == SegmentHeaderSize))
            return;
        var needed = complete ? Needed(file, header) : HeaderSize;
        if (needed > (ulong)file.Length)
            throw new BadImageFormatException($"the file is cut short: it has {file.Length} bytes and needs at least {needed}", path);
    }

    private static ulong Needed(FileStream file, ReadOnlySpan<byte> header)
    {
        var table = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
        var size = BinaryPrimitives.ReadUInt16LittleEndian(header[56..]) * SegmentHeaderSize;
        var needed = End(table, (ulong)size);
        if (needed > (ulong)file.Length)
            return needed;
        var segments = new byte[size];
        file.Position = (long)table;
        file.ReadExactly(segments);
        for (var at = 0; at < size; at += SegmentHeaderSize)
        {
            var segment = segments.AsSpan(at, SegmentHeaderSize);
            if (BinaryPrimitives.ReadUInt32LittleEndian(segment) == Loadable)
                needed = Math.Max(needed, End(BinaryPrimitives.ReadUInt64LittleEndian(segment[8..]), BinaryPrimitives.ReadUInt64LittleEndian(segment[32..])));
        }
        return needed;
    }

    private static ulong End(ulong offset, ulong length) => offset > ulong.MaxValue - length ? ulong.MaxValue : offset + length;
}
