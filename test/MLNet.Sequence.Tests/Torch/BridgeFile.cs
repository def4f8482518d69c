using System.Buffers.Binary;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>TorchSharp's real Linux library from the test's output folder, and the positions in it that tests damage.</summary>
internal static class BridgeFile
{
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");

    public static byte[] Read() => File.ReadAllBytes(Path);

    /// <summary>Every offset at which a section begins or ends, and where the section headers begin.</summary>
    public static IEnumerable<int> SectionBoundaries(byte[] file)
    {
        var boundaries = new SortedSet<int> { 0, 1, 16, 63, 64, (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(40)), file.Length - 1 };
        foreach (var section in new ElfImage(file).Sections)
            boundaries.UnionWith([section.Offset, section.Offset + section.Size]);
        return boundaries.Where(boundary => boundary < file.Length);
    }

    /// <summary>The file with one of its relocations naming the symbol of <paramref name="flags"/>'s version.</summary>
    public static byte[] WithRelocationOfVersion(byte[] file, int flags)
    {
        var copy = (byte[])file.Clone();
        var sections = new ElfImage(file).Sections;
        var version = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(flags + 2));
        var versions = sections.Single(section => section.Type == 0x6fffffff);
        var symbol = Enumerable.Range(0, versions.Size / 2)
            .Single(i => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(versions.Offset + 2 * i)) == version);
        var relocations = sections.Last(section => section.Type == 4);
        BinaryPrimitives.WriteInt32LittleEndian(copy.AsSpan(relocations.Offset + 12), symbol);
        return copy;
    }
}
