using System.Text;

namespace MLNet.Sequence.Tests.Sound;

[TestClass]
public sealed class WavFileTests
{
    [TestMethod]
    public void A_reader_of_chunks_finds_the_samples()
    {
        float[] samples = [0, 1, -1, 0.5f, -0.25f, 3];
        using var stream = new MemoryStream();
        WavFile.Write(stream, samples, 8000);
        using var reader = new BinaryReader(new MemoryStream(stream.ToArray()));

        Assert.AreEqual("RIFF", Name(reader));
        Assert.AreEqual(stream.Length - 8, reader.ReadUInt32());
        Assert.AreEqual("WAVE", Name(reader));
        Assert.AreEqual("fmt ", Name(reader));
        Assert.AreEqual(16u, reader.ReadUInt32());
        Assert.AreEqual((1, 1), (reader.ReadUInt16(), reader.ReadUInt16()));
        Assert.AreEqual((8000u, 16000u), (reader.ReadUInt32(), reader.ReadUInt32()));
        Assert.AreEqual((2, 16), (reader.ReadUInt16(), reader.ReadUInt16()));
        Assert.AreEqual("data", Name(reader));
        Assert.AreEqual(2u * 6, reader.ReadUInt32());
        short[] found = [.. samples.Select(_ => reader.ReadInt16())];
        CollectionAssert.AreEqual(new short[] { 0, 32767, -32767, 16384, -8192, 32767 }, found);
    }

    [TestMethod]
    public void A_rate_of_zero_is_refused() =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => WavFile.Write(Stream.Null, [0], 0));

    private static string Name(BinaryReader reader) => Encoding.ASCII.GetString(reader.ReadBytes(4));
}
