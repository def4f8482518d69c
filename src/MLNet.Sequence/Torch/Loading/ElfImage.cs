using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace MLNet.Sequence.Torch;

/// <summary>One section of an ELF file: its position, and the other sections it refers to.</summary>
internal readonly record struct ElfSection(uint Type, int Offset, int Size, int Link);

/// <summary>
/// A 64-bit little-endian x86-64 shared library, read without being executed. Every read is checked against the end
/// of the file; any violation is an <see cref="InvalidDataException"/> that names the problem.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly ref struct ElfImage
{
    private const int HeaderSize = 64;
    private const int SectionHeaderSize = 64;
    private const uint NoBits = 8;
    private const ushort SharedObject = 3;
    private const ushort MachineX64 = 62;

    private readonly ReadOnlySpan<byte> _file;

    public ElfImage(ReadOnlySpan<byte> file)
    {
        _file = file;
        if (file.Length < HeaderSize)
            throw new InvalidDataException($"the file has {file.Length} bytes, fewer than an ELF header");
        if (!file.StartsWith("\u007fELF"u8))
            throw new InvalidDataException("the file is not an ELF file");
        if (file[4] != 2 || file[5] != 1)
            throw new InvalidDataException("the file is not of the 64-bit little-endian ELF class");
        if (UInt16(16) != SharedObject)
            throw new InvalidDataException("the file is not a shared library");
        if (UInt16(18) != MachineX64)
            throw new InvalidDataException($"the file is for machine {UInt16(18)}, not for x86-64 ({MachineX64})");
        Sections = ReadSections();
    }

    public ElfSection[] Sections { get; }

    public ushort UInt16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(Slice((ulong)offset, 2));

    public uint UInt32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(Slice((ulong)offset, 4));

    public ulong UInt64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(Slice((ulong)offset, 8));

    /// <summary>The section that <paramref name="section"/> links to, if it is of <paramref name="type"/>.</summary>
    public ElfSection Linked(ElfSection section, uint type)
    {
        if (section.Link >= Sections.Length || Sections[section.Link].Type != type)
            throw new InvalidDataException($"a section links to section {section.Link}, which is not of type {type}");
        return Sections[section.Link];
    }

    /// <summary>The zero-terminated text at <paramref name="position"/> of a string table.</summary>
    public string Text(ElfSection table, uint position)
    {
        if (position >= (uint)table.Size)
            throw new InvalidDataException($"a name at {position} is outside its string table of {table.Size} bytes");
        var rest = _file.Slice(table.Offset, table.Size)[(int)position..];
        var end = rest.IndexOf((byte)0);
        if (end < 0)
            throw new InvalidDataException("a name runs over the end of its string table");
        return Encoding.UTF8.GetString(rest[..end]);
    }

    private ElfSection[] ReadSections()
    {
        int count = UInt16(60);
        if (count == 0)
            throw new InvalidDataException("the file has no section headers");
        if (UInt16(58) != SectionHeaderSize)
            throw new InvalidDataException($"section headers have {UInt16(58)} bytes instead of {SectionHeaderSize}");
        var table = UInt64(40);
        _ = Slice(table, (ulong)count * SectionHeaderSize);
        var sections = new ElfSection[count];
        for (var i = 0; i < count; i++)
            sections[i] = ReadSection((int)table + i * SectionHeaderSize);
        return sections;
    }

    private ElfSection ReadSection(int header)
    {
        var type = UInt32(header + 4);
        var link = UInt32(header + 40);
        if (link > int.MaxValue)
            throw new InvalidDataException($"a section links to section {link}");
        if (type == NoBits)
            return new ElfSection(type, 0, 0, (int)link);
        var (offset, size) = (UInt64(header + 24), UInt64(header + 32));
        _ = Slice(offset, size);
        return new ElfSection(type, (int)offset, (int)size, (int)link);
    }

    private ReadOnlySpan<byte> Slice(ulong offset, ulong length)
    {
        var size = (ulong)_file.Length;
        if (offset > size || length > size - offset)
            throw new InvalidDataException($"{length} bytes at {offset} are outside the file of {size} bytes; it is truncated or damaged");
        return _file.Slice((int)offset, (int)length);
    }
}
