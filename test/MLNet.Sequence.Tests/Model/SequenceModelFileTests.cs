using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Model;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.Torch;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Model;

[TestClass]
public sealed class SequenceModelFileTests
{
    [TestMethod]
    public void All_properties_of_a_model_come_back_from_a_file_and_from_a_stream()
    {
        foreach (Architecture architecture in new Architecture[] { new Lstm { HiddenSize = 3, Layers = 2, Dropout = 0.25, ForgetBias = null }, TinyTcn })
        {
            SequenceModel model = Trained(architecture);
            using var folder = new TemporaryFolder();
            model.Save(folder.At("model.zip"));
            using var stream = new MemoryStream(Saved(model));

            AssertSame(model, SequenceModel.Load(folder.At("model.zip")));
            AssertSame(model, SequenceModel.Load(stream));
            CollectionAssert.AreEqual(Saved(model), File.ReadAllBytes(folder.At("model.zip")));
            Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
        }
    }

    [TestMethod]
    public void A_loaded_model_is_saved_as_the_same_bytes()
    {
        byte[] first = Saved(Trained(TinyLstm));

        CollectionAssert.AreEqual(first, Saved(SequenceModel.Load(new MemoryStream(first))));
    }

    [TestMethod]
    public void Series_of_any_name_come_back()
    {
        string[] names = ["$id", "$type", "name", "", " ", "Ä\"\\\u0001 \ud83d\ude00", "a", "A"];
        List<Step> steps = [.. names.SelectMany((name, i) => Steps(40, i + 1, name))];
        SequenceModel model = Fit(steps, SeriesOptions).Model;

        SequenceModel loaded = SequenceModel.Load(new MemoryStream(Saved(model)));

        CollectionAssert.AreEqual(names, loaded.Scaling.BySeries.Keys.ToArray());
        AssertSame(model, loaded);
    }

    [TestMethod]
    public void Numbers_that_have_no_end_come_back()
    {
        SequenceModel model = Trained(TinyLstm);
        EpochReport epoch = model.Report.Epochs[0] with { Loss = double.NaN, GradientNorm = double.PositiveInfinity };
        var strange = new SequenceModel(
            model.Architecture, model.Task, model.Weights, model.Scaling, model.Report with { Epochs = [epoch] });

        EpochReport loaded = SequenceModel.Load(new MemoryStream(Saved(strange))).Report.Epochs.Single();

        Assert.IsTrue(double.IsNaN(loaded.Loss));
        Assert.AreEqual(double.PositiveInfinity, loaded.GradientNorm);
    }

    [TestMethod]
    public void An_existing_file_is_replaced_whole()
    {
        using var folder = new TemporaryFolder();
        string path = folder.At("model.zip");
        File.WriteAllBytes(path, new byte[100_000]);

        SequenceModel model = Trained(TinyLstm);
        model.Save(path);

        AssertSame(model, SequenceModel.Load(path));
    }

    [TestMethod]
    public void The_file_is_a_zip_that_any_program_opens()
    {
        byte[] file = Saved(Trained(TinyLstm));
        var archive = new ModelArchive(file);

        CollectionAssert.AreEqual(new[] { "model.json", "weights.safetensors", "TransformerChain/Model.key" }, archive.Names.ToArray());
        Assert.AreEqual(ModelArchive.Checksum(file), archive.Comment);
        Assert.AreEqual(1, (int)archive.Json["format"]!);
        Assert.AreEqual("lstm", (string?)archive.Json["architecture"]!["name"]);
        Assert.AreEqual("forecasting", (string?)archive.Json["task"]!["name"]);
    }

    [TestMethod]
    public void The_weights_are_read_by_the_definition_of_safetensors()
    {
        SequenceModel model = Trained(TinyTcn);
        byte[] file = new ModelArchive(Saved(model)).Weights;

        int length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(file));
        JsonObject header = JsonNode.Parse(file.AsSpan(8, length))!.AsObject();
        ReadOnlySpan<byte> data = file.AsSpan(8 + length);

        Assert.AreEqual((byte)'{', file[8]);
        Assert.AreEqual(0, (8 + length) % 8);
        CollectionAssert.AreEqual(model.Weights.Select(weight => weight.Name).ToArray(), header.Select(entry => entry.Key).ToArray());
        long end = 0;
        foreach (Weight weight in model.Weights)
        {
            JsonObject entry = header[weight.Name]!.AsObject();
            int[] offsets = [.. entry["data_offsets"]!.AsArray().Select(offset => (int)offset!)];
            Assert.AreEqual("F32", (string?)entry["dtype"]);
            CollectionAssert.AreEqual(weight.Shape.Items, entry["shape"]!.AsArray().Select(size => (int)size!).ToArray());
            Assert.AreEqual(end, offsets[0], "values follow each other without a gap");
            for (int i = 0; i < weight.Values.Length; i++)
                Assert.AreEqual(weight.Values[i], BinaryPrimitives.ReadSingleLittleEndian(data[(offsets[0] + 4 * i)..]));
            end = offsets[1];
        }

        Assert.AreEqual(data.Length, end);
    }

    [TestMethod]
    public void No_value_of_the_file_names_a_type_to_load()
    {
        byte[] file = Saved(Trained(TinyLstm));
        var archive = new ModelArchive(file);
        string json = archive.Json.ToJsonString();

        foreach (string sign in new[] { "$type", "PublicKeyToken", "Version=", "Culture=", "MLNet.Sequence.", "Microsoft.ML", "System." })
            Assert.IsFalse(json.Contains(sign, StringComparison.Ordinal), sign);
        // Options and versions are information for people: the model loads with any content there.
        string[] before = [.. AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.FullName!)];
        archive.Json["report"]!["options"] = new JsonObject
        {
            ["$type"] = "System.Diagnostics.Process, "
            + "System.Diagnostics.Process",
            ["optimizer"] = "No.Such.Type, Nowhere"
        };
        archive.Json["report"]!["versions"] = new JsonObject { ["MLNet.Sequence"] = "No.Such.Type, Nowhere" };
        SequenceModel loaded = SequenceModel.Load(new MemoryStream(archive.ToFile()));
        CollectionAssert.AreEqual(Bits(Trained(TinyLstm)), Bits(loaded));
        CollectionAssert.AreEqual(before, AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.FullName!).ToArray());
    }

    [TestMethod]
    public void Where_nothing_can_be_written_nothing_half_written_stays()
    {
        using var folder = new TemporaryFolder();
        SequenceModel model = Trained(TinyLstm);
        File.WriteAllText(folder.At("file"), "mine");
        folder.Folder("taken", "inside");

        Exception missing = Assert.Throws<IOException>(() => model.Save(folder.At("no", "model.zip")));
        Assert.Throws<IOException>(() => model.Save(folder.At("file", "model.zip")));
        Assert.Throws<Exception>(() => model.Save(folder.At("taken")));

        StringAssert.Contains(missing.Message, $"There is no folder '{folder.At("no")}' to write 'model.zip' to.");
        Assert.AreEqual("mine", File.ReadAllText(folder.At("file")));
        CollectionAssert.AreEquivalent(
            new[] { folder.At("file"), folder.At("taken"), folder.At("taken", "inside") },
            Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories));
    }

    [TestMethod]
    public void What_is_interrupted_leaves_the_old_file_as_it_was()
    {
        using var folder = new TemporaryFolder();
        string path = folder.At("model.zip");
        File.WriteAllText(path, "old");

        Assert.ThrowsExactly<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("new"u8);
            throw new InvalidOperationException();
        }));

        Assert.AreEqual("old", File.ReadAllText(path));
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
    }

    internal static SequenceModel Trained(Architecture architecture) =>
        Fit(Interleaved(Steps(30), Steps(30, 2, "b")), SeriesOptions, architecture).Model;

    internal static byte[] Saved(SequenceModel model)
    {
        using var stream = new MemoryStream();
        model.Save(stream);
        return stream.ToArray();
    }

    private static void AssertSame(SequenceModel expected, SequenceModel found)
    {
        Assert.AreEqual(expected.Architecture, found.Architecture);
        Assert.AreEqual(Print(expected.Task), Print(found.Task));
        CollectionAssert.AreEqual(
            expected.Weights.Select(weight => $"{weight.Name} {string.Join(",", weight.Shape)}").ToArray(),
            found.Weights.Select(weight => $"{weight.Name} {string.Join(",", weight.Shape)}").ToArray());
        CollectionAssert.AreEqual(Bits(expected), Bits(found));
        CollectionAssert.AreEqual(Values(expected.Scaling), Values(found.Scaling));
        CollectionAssert.AreEqual(expected.Scaling.BySeries.Keys.ToArray(), found.Scaling.BySeries.Keys.ToArray());
        Assert.AreEqual(expected.ParameterCount, found.ParameterCount);
        Assert.AreEqual(Print(expected.Report), Print(found.Report));
        Assert.AreEqual(Print(expected.InputRange!), Print(found.InputRange!));
    }

    // Reads every property by reflection, so that a later property that is not saved is found.
    private static string Print(object value) => JsonSerializer.Serialize(value, value.GetType());

    private static double[] Values(SeriesScaling scaling) =>
        [.. scaling.BySeries.Values.Prepend(scaling.Pooled).SelectMany(one => one.Mean.Concat(one.Deviation))];
}
