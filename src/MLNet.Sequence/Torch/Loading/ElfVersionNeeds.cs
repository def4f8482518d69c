namespace MLNet.Sequence.Torch;

/// <summary>
/// The symbol versions that a shared library needs from its dependencies, and a way to make one of them optional: if a version is marked
/// weak, the loader loads the file without it.
/// </summary>
internal static class ElfVersionNeeds
{
    private const uint Rela = 4;
    private const uint StringTable = 3;
    private const uint DynamicSymbols = 11;
    private const uint VersionNeeds = 0x6ffffffe;
    private const uint VersionOfSymbol = 0x6fffffff;
    private const byte Weak = 0x2;
    private const ushort HiddenBit = 0x8000;
    private const int RecordSize = 16;
    private const int RelaSize = 24;
    private const int SymbolSize = 24;

    /// <summary>Copies <paramref name="file"/> with the need for <paramref name="version"/> marked weak.</summary>
    /// <returns>The copy; it differs from the file in one bit. The file itself is not changed.</returns>
    /// <exception cref="InvalidDataException">As for <see cref="LocateFlags"/>.</exception>
    public static byte[] Weaken(ReadOnlySpan<byte> file, string version)
    {
        var offset = LocateFlags(file, version);
        var copy = file.ToArray();
        copy[offset] |= Weak;
        return copy;
    }

    /// <summary>The offset of the low byte of the flags that mark <paramref name="version"/> as needed.</summary>
    /// <exception cref="InvalidDataException">The file is not an x86-64 shared library, is damaged, does not need the version, needs it
    /// only weakly already, or uses one of its symbols and so would fail later. The message names the reason.</exception>
    public static int LocateFlags(ReadOnlySpan<byte> file, string version)
    {
        var image = new ElfImage(file);
        var record = FindNeed(image, version);
        var flags = image.UInt16(record + 4);
        if ((flags & Weak) != 0)
            throw new InvalidDataException($"the need for {version} is already weak");
        RefuseIfUsed(image, version, image.UInt16(record + 6));
        return record + 4;
    }

    private static int FindNeed(ElfImage image, string version)
    {
        foreach (var section in image.Sections)
        {
            if (section.Type != VersionNeeds)
                continue;
            if (FindInSection(image, section, version) is { } record)
                return record;
            throw new InvalidDataException($"the file does not need {version}");
        }
        throw new InvalidDataException("the file has no section of needed versions");
    }

    private static int? FindInSection(ElfImage image, ElfSection section, string version)
    {
        var names = image.Linked(section, StringTable);
        for (int? library = section.Offset; library is { } at; library = Next(image, section, at, field: 12))
        {
            for (var entry = Next(image, section, at, field: 8); entry is { } need; entry = Next(image, section, need, field: 12))
            {
                if (image.Text(names, image.UInt32(need + 8)) == version)
                    return need;
            }
        }
        return null;
    }

    // Records only point forward, so following them always ends.
    private static int? Next(ElfImage image, ElfSection section, int record, int field)
    {
        var end = (long)section.Offset + section.Size;
        if (record + RecordSize > end)
            throw new InvalidDataException("a record of needed versions is outside its section");
        var distance = image.UInt32(record + field);
        if (distance == 0)
            return null;
        if (distance < RecordSize || record + distance + RecordSize > end)
            throw new InvalidDataException("a record of needed versions points outside its section");
        return record + (int)distance;
    }

    // A weak version only disables the check at load: a call of a missing symbol would end the process later.
    private static void RefuseIfUsed(ElfImage image, string version, ushort versionIndex)
    {
        foreach (var section in image.Sections)
        {
            if (section.Type != Rela || section.Link == 0)
                continue;
            var symbols = image.Linked(section, DynamicSymbols);
            for (var at = section.Offset; at + RelaSize <= section.Offset + section.Size; at += RelaSize)
            {
                var symbol = (uint)(image.UInt64(at + 8) >> 32);
                if (symbol == 0 || VersionIndex(image, symbol) != versionIndex)
                    continue;
                if (symbol >= (uint)(symbols.Size / SymbolSize))
                    throw new InvalidDataException($"a relocation names symbol {symbol}, which does not exist");
                var name = image.Text(image.Linked(symbols, StringTable), image.UInt32(symbols.Offset + (int)symbol * SymbolSize));
                throw new InvalidDataException($"the file uses {name} of {version}");
            }
        }
    }

    private static int VersionIndex(ElfImage image, uint symbol)
    {
        foreach (var section in image.Sections)
        {
            if (section.Type != VersionOfSymbol)
                continue;
            if (symbol >= (uint)(section.Size / sizeof(ushort)))
                throw new InvalidDataException($"symbol {symbol} has no version");
            return image.UInt16(section.Offset + (int)symbol * sizeof(ushort)) & ~HiddenBit;
        }
        throw new InvalidDataException("the file has no section of symbol versions");
    }
}
