using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using MLNet.Sequence.Tests.Onnx;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;
using static MLNet.Sequence.Tests.Model.SequenceModelFileTests;

namespace MLNet.Sequence.Tests.Model;

/// <summary>Files with the right checksum and impossible contents: a clear message refuses them before memory is allocated.</summary>
[TestClass]
public sealed class HostileModelFileTests
{
    private const long FewBytes = 30_000_000;

    private static readonly byte[] Whole = Saved(Trained(TinyLstm));

    [TestMethod]
    [DataRow("lstm", "layers")]
    [DataRow("rnn", "layers")]
    [DataRow("transformer", "layers")]
    [DataRow("gated-conv", "blocks")]
    [DataRow("wave-net", "cycles")]
    [DataRow("window-mlp", "layers")]
    public void More_layers_than_there_are_weights_are_refused_before_they_are_built(string architecture, string property)
    {
        byte[] file = Saved(UntrainedModel.Make(Architecture.FromName(architecture),
            UntrainedModel.Forecasting(WindowNormalization.None), new([0, 0, 0], [1, 1, 1])));
        foreach (int many in new[] { 1_000_000, int.MaxValue })
            Refused(file, json => json["architecture"]![property] = many, "named weights; weights.safetensors has");
    }

    [TestMethod]
    public void Architectures_inside_each_other_are_counted_before_they_are_built()
    {
        JsonNode inner = JsonNode.Parse("""{"name":"gru","hiddenSize":1}""")!;
        for (int i = 0; i < 25; i++)
            inner = new JsonObject { ["name"] = "bidirectional", ["inner"] = inner };
        Refused(Whole, json => json["architecture"] = inner, "at least 33554432 named weights");
        Refused(
            Whole, json => json["architecture"] = new JsonObject
            {
                ["name"] = "composed",
                ["layer"] = new JsonObject
                {
                    ["name"] = "sequential",
                    ["layers"] = new JsonArray([.. Enumerable.Range(0, 50_000).Select(_ => (JsonNode)"last-step")])
                }
            },
            "characters of model.json");
    }

    [TestMethod]
    [DataRow("hiddenSize", 1_073_741_825)]
    [DataRow("hiddenSize", int.MaxValue)]
    [DataRow("hiddenSize", 1_073_741_824)]
    public void Sizes_that_overflow_fit_no_weights(string property, int size) =>
        Refused(Whole, json => json["architecture"]![property] = size, "does not fit its architecture");

    [TestMethod]
    public void Numbers_of_a_task_that_cannot_be_are_refused_by_name()
    {
        Refused(Whole, json => json["task"]!["targets"] = new JsonArray((JsonNode?)null), "Targets has no value at place 0");
        Refused(Whole, json => json["task"]!["targets"]![0]!["channels"] = new JsonArray((JsonNode?)null), "Channels has no value at place 0");
        Refused(Whole, json => json["task"]!["horizon"] = int.MaxValue, "expected shape");
        Refused(Whole, json => json["task"]!["context"] = int.MaxValue, "must leave windows and forecasts below 2^31 values");
        Refused(Whole, json => json["task"]!["context"] = 0, "Context must be at least 1; found 0.");
        Refused(Whole, json => json["task"]!["normalization"] = 7, "Normalization must be one of");
        Refused(Whole, json => json["report"]!["epochs"] = new JsonArray((JsonNode?)null), "Epochs has no value at place 0");
        Refused(Whole, json => json["scaling"]!["series"] = new JsonObject { ["a"] = null }, "The series 'a' has no scaling");
    }

    [TestMethod]
    [DataRow("0", "-1")]
    [DataRow("0", "\"NaN\"")]
    [DataRow("\"NaN\"", "1")]
    [DataRow("\"Infinity\"", "1")]
    [DataRow("0", "\"Infinity\"")]
    [DataRow("0", "0")]
    public void Invalid_scalings_are_refused_with_their_values(string mean, string deviation)
    {
        void Set(JsonNode scaling) => (scaling["mean"]![1], scaling["deviation"]![1]) = (JsonNode.Parse(mean), JsonNode.Parse(deviation));
        Refused(Whole, json => Set(json["scaling"]!["pooled"]!), "The scaling of channel 1 has the mean");
        Refused(Whole, json => Set(json["scaling"]!["series"]!["b"]!), "The scaling of the series 'b' of channel 1 has the mean");
        byte[] regression = Saved(UntrainedModel.Make(
            new Gru { HiddenSize = 2 },
            new SequenceRegression
            {
                Input = UntrainedModel.Features(1),
                Pooling = PoolingKind.Mean,
                LongestSequence = 5,
                LabelScaling = new([1, 2], [3, 4]),
                IsVector = true
            },
            new([0], [1])));
        Refused(regression, json => Set(json["task"]!["labelScaling"]!), "The LabelScaling of channel 1 has the mean");
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    [DataRow(float.NegativeInfinity)]
    public void Weights_that_are_no_numbers_are_refused_by_name_and_place(float value)
    {
        var archive = new ModelArchive(Whole);
        Span<float> values = MemoryMarshal.Cast<byte, float>(archive.Weights.AsSpan(8 + (int)BinaryPrimitives.ReadInt64LittleEndian(archive.Weights)));
        values[3] = value;

        StringAssert.Contains(Refused(archive.ToFile()), FormattableString.Invariant($"has the value {value} at place 3; expected finite numbers."));
    }

    [TestMethod]
    public void Overlapping_weights_are_refused_before_they_are_copied()
    {
        // A thousand weights that each claim the same megabyte: together a gigabyte.
        const string place = ":{\"dtype\":\"F32\",\"shape\":[262144],\"data_offsets\":[0,1048576]}";
        string entries = string.Join(",", Enumerable.Range(0, 1000).Select(i => $"\"w{i}\"{place}"));
        byte[] header = Encoding.UTF8.GetBytes("{" + entries + "}"), weights = [.. new byte[8], .. header, .. new byte[1 << 20]];
        BinaryPrimitives.WriteInt64LittleEndian(weights, header.Length);
        var archive = new ModelArchive(Whole) { Weights = weights };

        StringAssert.Contains(Refused(archive.ToFile()), "begins at byte 0 of the values; expected 1048576, where the one before it ends.");
    }

    [TestMethod]
    public void The_stated_length_of_an_entry_is_compared_with_the_file()
    {
        // The length of the first entry in the zip's directory: 256 MB instead of some kilobytes.
        byte[] file = [.. Whole];
        int directory = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[(byte)'P', (byte)'K', 1, 2]);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(directory + 24), 1 << 28);
        Encoding.ASCII.GetBytes(ModelArchive.Checksum(file)).CopyTo(file, file.Length - 64);
        StringAssert.Contains(Refused(file), "The stated length of model.json is 268435456 bytes");

        // A length that is a little too large.
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(directory + 24), 1 << 20);
        Encoding.ASCII.GetBytes(ModelArchive.Checksum(file)).CopyTo(file, file.Length - 64);
        Refused(file);
    }

    [TestMethod]
    public void A_small_file_that_unpacks_to_a_large_one_is_refused()
    {
        var archive = new ModelArchive(Whole);
        archive.Json["report"]!["stoppedBecause"] = new string(' ', 20_000_000);
        byte[] file = archive.ToFile();
        Assert.IsLessThan(200_000, file.Length);

        StringAssert.Contains(Refused(file), "The stated length of model.json is 2");
    }

    [TestMethod]
    public void A_window_that_no_context_fills_takes_no_memory()
    {
        byte[] file = Saved(UntrainedModel.Make(new LstmNgram { HiddenSize = 3, Window = 4 }, UntrainedModel.Forecasting(WindowNormalization.None),
            new([0, 0, 0], [1, 1, 1])));
        var archive = new ModelArchive(file);
        archive.Json["architecture"]!["window"] = int.MaxValue;
        long before = GC.GetAllocatedBytesForCurrentThread();
        SequenceModel model = SequenceModel.Load(new MemoryStream(archive.ToFile()));

        Assert.IsTrue(model.Forecast(new float[36]).All(float.IsFinite));
        Assert.IsLessThan(FewBytes, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Refused(byte[] file, Action<JsonNode> change, string part)
    {
        var archive = new ModelArchive(file);
        change(archive.Json);
        StringAssert.Contains(Refused(archive.ToFile()), part);
    }

    private static string Refused(byte[] file)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.ThrowsExactly<FormatException>(() => SequenceModel.Load(new MemoryStream(file))).Message;
        Assert.IsLessThan(FewBytes, GC.GetAllocatedBytesForCurrentThread() - before, message);
        return message;
    }
}
