using System.Text;
using System.Text.Json.Nodes;
using MLNet.Sequence.Tests.Torch;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;
using static MLNet.Sequence.Tests.Model.SequenceModelFileTests;

namespace MLNet.Sequence.Tests.Model;

[TestClass]
public sealed class DamagedModelFileTests
{
    private static readonly byte[] Whole = Saved(Trained(TinyLstm));

    [TestMethod]
    public void A_file_that_ends_anywhere_before_its_end_is_refused()
    {
        for (int length = 0; length < Whole.Length; length++)
            Refused(Whole[..length]);
        StringAssert.Contains(Refused(Whole[..(Whole.Length / 2)]), "The stream is damaged, or not a MLNet.Sequence model: its checksum is missing or wrong");
    }

    [TestMethod]
    public void A_file_with_any_byte_changed_is_refused()
    {
        byte[] file = [.. Whole];
        for (int i = 0; i < file.Length; i++)
        {
            foreach (byte flip in new byte[] { 0x01, 0x20, 0x80, 0xFF })
            {
                file[i] ^= flip;
                Refused(file);
                file[i] ^= flip;
            }
        }

        SequenceModel.Load(new MemoryStream(file));
    }

    [TestMethod]
    public void A_file_with_something_after_its_end_is_refused() => Refused([.. Whole, 0]);

    [TestMethod]
    public void A_file_that_is_not_a_model_is_refused_with_the_reason()
    {
        StringAssert.Contains(Refused([]), "it is empty.");
        StringAssert.Contains(Refused("date,OT\n2020-01-01,1\n"u8.ToArray()), "it is no zip archive");
        StringAssert.Contains(Refused(Encoding.UTF8.GetBytes("PK" + new string('x', 500))), "its checksum is missing or wrong");
    }

    [TestMethod]
    public void Messages_name_the_file()
    {
        using var folder = new TemporaryFolder();
        string path = folder.At("model.zip");
        File.WriteAllBytes(path, Whole[..(Whole.Length / 2)]);

        StringAssert.StartsWith(Assert.ThrowsExactly<FormatException>(() => SequenceModel.Load(path)).Message, $"'{path}' is damaged");
        string none = folder.At("none.zip");
        StringAssert.Contains(Assert.ThrowsExactly<FileNotFoundException>(() => SequenceModel.Load(none)).Message, $"There is no model file '{none}'.");
        Assert.ThrowsExactly<FileNotFoundException>(() => SequenceModel.Load(folder.Path));
    }

    [TestMethod]
    public void A_newer_format_is_refused_with_both_versions()
    {
        StringAssert.Contains(
            Refused(json => json["format"] = 2), "It has format version 2; this version of MLNet.Sequence reads versions up to 1. Update the package.");
        // A newer format may be different everywhere, so the version is checked first.
        StringAssert.Contains(Refused(json => (json["format"], json["task"], json["architecture"]) = (7, 1, null)), "format version 7");
    }

    [TestMethod]
    public void A_rewritten_file_with_the_right_checksum_is_a_model()
    {
        SequenceModel loaded = SequenceModel.Load(new MemoryStream(new ModelArchive(Whole).ToFile()));

        CollectionAssert.AreEqual(Bits(Trained(TinyLstm)), Bits(loaded));
    }

    [TestMethod]
    public void Weights_that_do_not_fit_are_refused_by_name_and_shapes()
    {
        StringAssert.Contains(
            Refused(json => json["architecture"]!["hiddenSize"] = 5),
            "The weight 'inner.backbone.0.weight_ih' does not fit its architecture: expected shape [20, 2], found [16, 2].");
        StringAssert.Contains(
            Refused(json => json["architecture"]!["layers"] = 2), "The weight 'inner.backbone.1.weight_ih' is missing: its architecture expects "
                + "shape [16, 4].");
        StringAssert.Contains(
            Refused(json => json["task"]!["horizon"] = 4), "The weight 'inner.head.dense.weight' does not fit its architecture: expected shape [4, 4], "
                + "found [3, 4].");
        StringAssert.Contains(
            Refused(json => json["task"]!["normalization"] = "None"), "The weight 'backbone.0.weight_ih' is missing");
    }

    [TestMethod]
    public void A_part_that_is_missing_or_strange_is_refused()
    {
        StringAssert.Contains(Refused(new ModelArchive(Whole).ToFile("model.json")), "The archive has no model.json.");
        StringAssert.Contains(Refused(new ModelArchive(Whole).ToFile("weights.safetensors")), "The archive has no weights.safetensors.");
        foreach (string part in new[] { "format", "architecture", "task", "scaling", "report" })
        {
            Refused(json => json.AsObject().Remove(part));
            foreach (JsonNode? strange in new JsonNode?[] { null, "text", -1, 1.5, new JsonArray(), new JsonObject() })
                Refused(json => json[part] = strange?.DeepClone());
        }

        StringAssert.Contains(Refused(json => json["architecture"]!["name"] = "gru"), "gru");
        StringAssert.Contains(Refused(json => json["architecture"]!["hiddenSize"] = 0), "HiddenSize must be at least 1; found 0.");
        StringAssert.Contains(Refused(json => json["scaling"]!["pooled"]!["mean"] = new JsonArray(1)), "The scaling has 1 means and 2 deviations; the task "
            + "has 2 channels.");
        StringAssert.Contains(Refused(json => json["scaling"]!["series"]!["b"]!["deviation"] = new JsonArray()), "2 means and 0 deviations");
        Refused(json => json["task"]!["context"] = 0);
        Refused(json => json["task"]!["targets"] = new JsonArray());
    }

    [TestMethod]
    public void A_file_whose_json_is_no_object_is_refused()
    {
        foreach (JsonNode json in new JsonNode[] { new JsonArray(), 1, "text" })
            StringAssert.Contains(Refused(new ModelArchive(Whole) { Json = json }.ToFile()), "model.json is not a JSON object");
    }

    private static string Refused(Action<JsonNode> change)
    {
        var archive = new ModelArchive(Whole);
        change(archive.Json);
        return Refused(archive.ToFile());
    }

    private static string Refused(byte[] file) =>
        Assert.ThrowsExactly<FormatException>(() => SequenceModel.Load(new MemoryStream(file))).Message;
}
