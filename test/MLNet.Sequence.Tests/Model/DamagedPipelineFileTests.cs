using System.IO.Compression;
using Microsoft.ML;
using MLNet.Sequence.Tests.Torch;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Model;

/// <summary>ML.NET's own file around a model: the frame is ML.NET's and the contents are the library's.</summary>
[TestClass]
public sealed class DamagedPipelineFileTests
{
    private readonly MLContext _ml = new(seed: 5);

    [TestMethod]
    public void It_holds_the_models_own_bytes_as_one_stream()
    {
        using ForecastingTransformer model = Fit(Steps(30));
        using var zip = new ZipArchive(new MemoryStream(Saved(model)));
        using Stream entry = zip.Entries.Single(one => one.Name == "Model").Open();
        using var bytes = new MemoryStream();
        entry.CopyTo(bytes);

        CollectionAssert.AreEqual(SequenceModelFileTests.Saved(model.Model), bytes.ToArray());
    }

    [TestMethod]
    public void A_file_cut_in_half_is_refused()
    {
        using ForecastingTransformer model = Fit(Steps(30));
        byte[] file = Saved(model);
        using var folder = new TemporaryFolder();
        string path = folder.At("model.zip");
        File.WriteAllBytes(path, file[..(file.Length / 2)]);

        Assert.Throws<Exception>(() => _ml.Model.Load(path, out _));
        for (int length = 0; length < file.Length; length += 97)
            Assert.Throws<Exception>(() => _ml.Model.Load(new MemoryStream(file[..length]), out _));
    }

    [TestMethod]
    public void A_changed_byte_is_refused_or_harmless()
    {
        using ForecastingTransformer model = Fit(Steps(30));
        byte[] file = Saved(model);
        int[] expected = Bits(model.Model);
        for (int i = 0; i < file.Length; i += 5)
        {
            file[i] ^= 0x10;
            if (Load(file) is { } loaded)
                CollectionAssert.AreEqual(expected, Bits(loaded.Model), $"byte {i}");
            file[i] ^= 0x10;
        }
    }

    [TestMethod]
    public void Damage_to_the_model_inside_is_reported_with_our_message()
    {
        using ForecastingTransformer model = Fit(Steps(30));
        byte[] inner = SequenceModelFileTests.Saved(model.Model);
        foreach (byte[] damaged in new[] { inner[..(inner.Length / 2)], [.. inner[..100], (byte)(inner[100] ^ 1), .. inner[101..]] })
        {
            Exception error = Assert.Throws<Exception>(() => _ml.Model.Load(Replaced(Saved(model), damaged), out _));

            Assert.IsInstanceOfType<FormatException>(error.GetBaseException());
            StringAssert.Contains(error.GetBaseException().Message, "is damaged, or not a MLNet.Sequence model: its checksum is missing or wrong");
        }
    }

    private byte[] Saved(ForecastingTransformer model)
    {
        using var stream = new MemoryStream();
        _ml.Model.Save(model, View(_ml, Steps(1)).Schema, stream);
        return stream.ToArray();
    }

    private ForecastingTransformer? Load(byte[] file)
    {
        try
        {
            return _ml.Model.Load(new MemoryStream(file), out _) as ForecastingTransformer;
        }
        catch (Exception error) when (error.GetBaseException() is not (NullReferenceException or IndexOutOfRangeException or OutOfMemoryException))
        {
            Assert.IsFalse(string.IsNullOrWhiteSpace(error.Message));
            return null;
        }
    }

    private static MemoryStream Replaced(byte[] file, byte[] inner)
    {
        var stream = new MemoryStream();
        stream.Write(file);
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            using Stream entry = zip.Entries.Single(one => one.Name == "Model").Open();
            entry.SetLength(0);
            entry.Write(inner);
        }

        stream.Position = 0;
        return stream;
    }
}
