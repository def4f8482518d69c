using System.IO.Compression;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>A model file that is damaged is refused by name; a damaged model makes no forecasts.</summary>
[TestClass]
public sealed class BadModelFileTests
{
    private static SampleRun s_run = null!;
    private static string s_data = null!;
    private static byte[] s_model = null!;

    [ClassInitialize]
    public static void SaveAModel(TestContext _)
    {
        s_run = new SampleRun();
        s_data = s_run.WriteHours("data.csv", 60);
        Assert.AreEqual(0, s_run.Run("--data", s_data, "--context", "8", "--horizon", "3", "--epochs", "1", "--architectures", "lstm"), s_run.Error);
        s_model = File.ReadAllBytes(s_run.Path("out/lstm.zip"));
    }

    [ClassCleanup]
    public static void Remove() => s_run.Dispose();

    [TestMethod]
    public void A_file_cut_in_half_is_refused() => MustRefuse(s_model[..(s_model.Length / 2)], "model.zip", "cannot be read");

    [TestMethod]
    [DataRow(0.3)]
    [DataRow(0.5)]
    [DataRow(0.7)]
    public void A_flipped_byte_is_found(double place)
    {
        byte[] damaged = [.. s_model];
        damaged[(int)(damaged.Length * place)] ^= 0x40;
        MustRefuse(damaged, "model.zip", "cannot be read");
    }

    [TestMethod]
    public void A_newer_format_is_refused_with_the_advice_to_update() => MustRefuse(OfNewerFormat(), "newer version", "Update the package");

    [TestMethod]
    public void A_file_that_is_no_zip_is_refused()
    {
        MustRefuse("This is no model."u8.ToArray(), "model.zip", "cannot be read");
        MustRefuse([], "model.zip", "cannot be read");
    }

    [TestMethod]
    public void A_missing_file_is_named() =>
        s_run.MustRefuse(["forecast", "--data", s_data, "--model", s_run.Path("nowhere.zip")], "no model file", "nowhere.zip");

    [TestMethod]
    public void Options_that_the_model_defines_are_refused_together_with_it()
    {
        string model = s_run.Path("out/lstm.zip");
        s_run.MustRefuse(["forecast", "--data", s_data, "--model", model, "--horizon", "3"], "leave out --horizon");
    }

    [TestMethod]
    public void Data_without_the_models_columns_is_refused()
    {
        string other = s_run.Write("other.csv", "date,c\n2020-01-01,1\n");
        s_run.MustRefuse(["forecast", "--data", other, "--model", s_run.Path("out/lstm.zip")], "no column 'a'", "'c'");
    }

    private static void MustRefuse(byte[] model, params string[] parts)
    {
        File.WriteAllBytes(s_run.Path("model.zip"), model);
        s_run.MustRefuse(["forecast", "--data", s_data, "--model", s_run.Path("model.zip")], parts);
    }

    // After the model's signature, ML.NET writes the version that wrote it and the version that can read it.
    private static byte[] OfNewerFormat()
    {
        using var file = new MemoryStream();
        file.Write(s_model);
        using (var zip = new ZipArchive(file, ZipArchiveMode.Update, leaveOpen: true))
        {
            foreach (ZipArchiveEntry entry in zip.Entries.ToArray())
            {
                using Stream stream = entry.Open();
                using var content = new MemoryStream();
                stream.CopyTo(content);
                byte[] bytes = content.ToArray();
                int signature = bytes.AsSpan().IndexOf("MLNETSEQ"u8);
                if (signature < 0)
                    continue;
                bytes[signature + 8 + 2]++;
                bytes[signature + 12 + 2]++;
                stream.Position = 0;
                stream.Write(bytes);
            }
        }

        return file.ToArray();
    }
}
