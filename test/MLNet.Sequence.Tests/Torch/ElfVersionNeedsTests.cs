using System.Text;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Torch;

[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed class ElfVersionNeedsTests
{
    private const string Version = "GLIBCXX_3.4.32";

    [TestMethod]
    public void The_weakened_copy_differs_in_one_bit_and_the_input_in_none()
    {
        var file = BridgeFile.Read();
        var before = (byte[])file.Clone();

        var weakened = ElfVersionNeeds.Weaken(file, Version);

        CollectionAssert.AreEqual(before, file);
        Assert.HasCount(file.Length, weakened);
        var changed = Enumerable.Range(0, file.Length).Where(i => file[i] != weakened[i]).ToArray();
        Assert.HasCount(1, changed);
        Assert.AreEqual(ElfVersionNeeds.LocateFlags(file, Version), changed[0]);
        Assert.AreEqual(file[changed[0]] | 0x2, weakened[changed[0]]);
    }

    [TestMethod]
    public void A_file_truncated_at_any_section_is_refused_and_stays_unchanged()
    {
        var file = BridgeFile.Read();
        var boundaries = BridgeFile.SectionBoundaries(file).ToArray();
        Assert.IsGreaterThan(30, boundaries.Length);
        foreach (var length in boundaries)
            AssertRefused(file[..length], length < 64 ? "fewer than an ELF header" : "truncated or damaged");
    }

    [TestMethod]
    public void Sections_that_reach_over_the_end_are_refused()
    {
        var file = BridgeFile.Read();
        var headers = (int)BitConverter.ToUInt64(file, 40);
        foreach (var header in Enumerable.Range(1, new ElfImage(file).Sections.Length - 1).Select(i => headers + 64 * i))
        {
            if (BitConverter.ToUInt32(file, header + 4) == 8)
                continue;
            AssertRefused(Changed(file, header + 24 + 7, 0xff), "truncated or damaged");
            AssertRefused(Changed(file, header + 32 + 4, 0x7f), "truncated or damaged");
        }
    }

    [TestMethod]
    public void Another_class_byte_order_kind_or_machine_is_refused()
    {
        var file = BridgeFile.Read();
        AssertRefused(Changed(file, 0, 0), "not an ELF file");
        AssertRefused(Changed(file, 4, 1), "64-bit");
        AssertRefused(Changed(file, 5, 2), "little-endian");
        AssertRefused(Changed(file, 16, 2), "not a shared library");
        AssertRefused(Changed(file, 18, 183), "machine 183");
    }

    [TestMethod]
    public void A_file_without_section_headers_is_refused()
    {
        var file = BridgeFile.Read();
        AssertRefused(Changed(Changed(file, 60, 0), 61, 0), "no section headers");
        AssertRefused(Changed(file, 58, 40), "section headers have 40 bytes");
    }

    [TestMethod]
    public void A_version_that_is_not_requested_is_refused_by_name()
    {
        var file = BridgeFile.Read();
        var error = Assert.ThrowsExactly<InvalidDataException>(() => ElfVersionNeeds.Weaken(file, "GLIBCXX_3.4.99"));
        Assert.Contains("does not need GLIBCXX_3.4.99", error.Message);
    }

    [TestMethod]
    public void A_renamed_version_is_not_found()
    {
        var file = BridgeFile.Read();
        var name = file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Version));
        AssertRefused(Changed(file, name, (byte)'X'), "does not need");
    }

    [TestMethod]
    public void A_version_that_is_weak_already_is_refused() =>
        AssertRefused(ElfVersionNeeds.Weaken(BridgeFile.Read(), Version), "already weak");

    [TestMethod]
    public void A_version_whose_symbol_is_used_is_refused_and_the_symbol_named()
    {
        var file = BridgeFile.Read();
        AssertRefused(
            BridgeFile.WithRelocationOfVersion(file, ElfVersionNeeds.LocateFlags(file, Version)),
            "uses _ZSt21ios_base_library_initv");
    }

    [TestMethod]
    public void Damaged_records_of_needed_versions_are_refused()
    {
        var file = BridgeFile.Read();
        var section = new ElfImage(file).Sections.Single(section => section.Type == 0x6ffffffe);
        AssertRefused(Changed(file, section.Offset + 8, 1), "points outside its section");
        AssertRefused(Changed(file, section.Offset + 14, 0x7f), "points outside its section");
        AssertRefused(Changed(file, section.Offset + 16 + 11, 0x7f), "outside its string table");
    }

    [TestMethod]
    public void Any_single_damaged_byte_of_the_tables_leads_to_an_answer_or_a_refusal_and_to_nothing_else()
    {
        var file = BridgeFile.Read();
        var section = new ElfImage(file).Sections.Single(section => section.Type == 0x6ffffffe);
        var headers = (int)BitConverter.ToUInt64(file, 40);
        var places = Enumerable.Range(0, 64).Concat(Enumerable.Range(section.Offset, section.Size)).Concat(Enumerable.Range(headers, 31 * 64));
        foreach (var place in places)
        {
            var original = file[place];
            file[place] ^= 0xff;
            try
            {
                Assert.IsInRange(0, file.Length - 1, ElfVersionNeeds.LocateFlags(file, Version));
            }
            catch (InvalidDataException refusal)
            {
                Assert.IsNotEmpty(refusal.Message);
            }
            file[place] = original;
        }
    }

    private static byte[] Changed(byte[] file, int offset, byte value)
    {
        var copy = (byte[])file.Clone();
        copy[offset] = value;
        return copy;
    }

    private static void AssertRefused(byte[] file, string reason)
    {
        var before = (byte[])file.Clone();
        var error = Assert.ThrowsExactly<InvalidDataException>(() => ElfVersionNeeds.Weaken(file, Version));
        Assert.Contains(reason, error.Message);
        Assert.IsTrue(before.AsSpan().SequenceEqual(file), "The refused file was changed.");
    }
}
