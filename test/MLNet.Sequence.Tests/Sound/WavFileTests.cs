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

    [TestMethod]
    public void Written_samples_are_read_again_to_half_a_level()
    {
        float[] samples = [0, 1, -1, 0.5f, -0.25f, 0.123f];
        foreach (int rate in new[] { 8000, 16000, 22050, 24000 })
        {
            WavSound sound = WavFile.Read(Written(samples, rate));
            Assert.AreEqual(rate, sound.Rate);
            for (int i = 0; i < samples.Length; i++)
                Assert.AreEqual(samples[i], sound.Samples[i], 0.5 / short.MaxValue + 1e-7);
            CollectionAssert.AreEqual(samples.Select(MuLaw.Encode).ToArray(), sound.ToMuLaw());
        }
    }

    [TestMethod]
    public void Parts_that_do_not_matter_are_skipped()
    {
        byte[] plain = Written([0.5f, 0.25f], 8000).ToArray();
        // An odd part, and its padding, between format and data.
        byte[] more = [.. plain[..36], .. "LIST"u8, 3, 0, 0, 0, 1, 2, 3, 0, .. plain[36..]];
        Assert.AreEqual(0.25f, WavFile.Read(new MemoryStream(more)).Samples[1], 1e-4f);
    }

    [TestMethod]
    [DataRow(22, 2, "has 2 channels; expected one channel", DisplayName = "Stereo")]
    [DataRow(34, 24, "has samples of 24 bits in the format 1; expected linear samples of 16 bits", DisplayName = "24 bits")]
    [DataRow(34, 8, "has samples of 8 bits in the format 1; expected linear samples of 16 bits", DisplayName = "8 bits")]
    [DataRow(20, 7, "has samples of 16 bits in the format 7; expected linear samples of 16 bits", DisplayName = "Not linear")]
    [DataRow(0, 'X', "is not a WAV file", DisplayName = "Not RIFF")]
    [DataRow(40, 200, "is cut off or damaged: its part 'data' has 8 of 200 bytes", DisplayName = "Longer than the file")]
    public void Another_form_is_refused_with_one_message(int place, int value, string expected)
    {
        byte[] file = Written([1, 2, 3, 4], 8000).ToArray();
        file[place] = (byte)value;
        FormatException refused = Assert.ThrowsExactly<FormatException>(() => WavFile.Read(new MemoryStream(file)));
        StringAssert.Contains(refused.Message, expected);
    }

    [TestMethod]
    public void A_file_that_is_cut_in_half_is_refused_and_named()
    {
        string path = Path.GetTempFileName();
        try
        {
            WavFile.Write(path, new float[100], 8000);
            byte[] whole = File.ReadAllBytes(path);
            foreach (int length in new[] { whole.Length / 2, 40, 20, 11, 0 })
            {
                File.WriteAllBytes(path, whole[..length]);
                FormatException refused = Assert.ThrowsExactly<FormatException>(() => WavFile.Read(path));
                StringAssert.Contains(refused.Message, $"'{path}' is ");
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestMethod]
    public void Another_rate_is_refused()
    {
        StringAssert.Contains(Assert.ThrowsExactly<FormatException>(() => WavFile.Read(Written([0], 16000), rate: 8000)).Message,
            "has 16000 samples per second; expected 8000.");
        foreach (int rate in new[] { 7999, 44100 })
        {
            StringAssert.Contains(Assert.ThrowsExactly<FormatException>(() => WavFile.Read(Written([0], rate))).Message,
                $"has {rate} samples per second; expected 8000 to 24000.");
        }

        Assert.AreEqual(44100, WavFile.Read(Written([0], 44100), rate: 44100).Rate);
    }

    private static MemoryStream Written(float[] samples, int rate)
    {
        var stream = new MemoryStream();
        WavFile.Write(stream, samples, rate);
        return new MemoryStream(stream.ToArray());
    }

    private static string Name(BinaryReader reader) => Encoding.ASCII.GetString(reader.ReadBytes(4));
}
