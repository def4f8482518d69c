using System.Buffers.Binary;

namespace MLNet.Sequence.Torch;

/// <summary>
/// Checks that a shared library is complete. The system's loader does not check: it maps a truncated file, and a bus error ends the process
/// when it reads the missing part.
/// </summary>
internal static class ElfSegments
{
    private const int HeaderSize = 64;
    private const int SegmentHeaderSize = 56;
    private const uint Loadable = 1;

    /// <exception cref="BadImageFormatException">The file is shorter than its headers say.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static void RefuseIncomplete(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> header = stackalloc byte[HeaderSize];
        var complete = file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) == HeaderSize;
        // The loader itself refuses a file that is not an ELF file.
        if (complete && !(header.StartsWith("\u007fELF\u0002\u0001"u8) && BinaryPrimitives.ReadUInt16LittleEndian(header[54..]) == SegmentHeaderSize))
            return;
        var needed = complete ? Needed(file, header) : HeaderSize;
        if (needed > (ulong)file.Length)
            throw new BadImageFormatException($"the file is truncated: it has {file.Length} bytes and needs at least {needed}", path);
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
