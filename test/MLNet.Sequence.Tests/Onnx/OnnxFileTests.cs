using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Data;
using MLNet.Sequence.Onnx;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Onnx;

/// <summary>The ONNX files: they follow the specification, are complete or absent, and can be used from ML.NET.</summary>
[TestClass]
public sealed partial class OnnxFileTests
{
    private static readonly ChannelScaling Scaling = new([40, -3, 0], [9, 1, 2]);

    private static SequenceModel Forecaster => UntrainedModel.Make(new Lstm { HiddenSize = 40 }, UntrainedModel.Forecasting(WindowNormalization.None), Scaling);

    private static float[] History => SequenceBatch.Random(1, 12, 3, seed: 2).Floats;

    [TestMethod]
    [DataRow(OnnxMode.Sequence)]
    [DataRow(OnnxMode.Step)]
    public void Every_architecture_is_written_by_the_specification(OnnxMode mode)
    {
        foreach (string name in Architecture.Names.Where(name => mode == OnnxMode.Sequence || Architecture.FromName(name).IsCausal))
        {
            SequenceModel model = UntrainedModel.Make(Architecture.FromName(name), UntrainedModel.Forecasting(WindowNormalization.None), Scaling);
            ModelProto file = Parsed(model, new OnnxOptions { Mode = mode });
            Assert.AreEqual(8, file.IrVersion);
            Assert.AreEqual(17, file.OpsetImport.Single().Version);
            var defined = new HashSet<string>(StringComparer.Ordinal);
            AssertSound(file.Graph, defined, name);
        }
    }

    [TestMethod]
    public void The_file_describes_itself()
    {
        SequenceModel model = UntrainedModel.Make(
            new Lstm { HiddenSize = 4 }, UntrainedModel.Forecasting(WindowNormalization.None), Scaling,
                new KeyValuePair<string, ChannelScaling>("north", Scaling));
        using OnnxSession session = Open(model, new OnnxOptions { Mode = OnnxMode.Step, Series = "north" });
        CollectionAssert.IsSubsetOf(new Dictionary<string, string>
        {
            ["mode"] = "step",
            ["series"] = "north",
            ["input.Step"] = "float [batch, 3]: a, b, c; in the data's units; the last 12 steps are read",
            ["input.state_backbone_0_h"] = "float [batch, 4]: zeros at the start of a stream",
            ["output.next_backbone_0_h"] = "float [batch, 4]: state_backbone_0_h of the next step",
            ["output.Forecast"] = "float [batch, 3, 2]: a, b; in the data's units; the first step first",
        }, session.Metadata.ToDictionary());
        Assert.AreEqual(model.Architecture, Architecture.Parse(session.Metadata["architecture"]));
        StringAssert.Contains(session.Metadata["task"], "\"horizon\": 3");
        CollectionAssert.AreEquivalent(new[] { "Step", "state_backbone_0_h", "state_backbone_0_c" }, session.Inputs.Keys.ToArray());
        CollectionAssert.AreEqual(new[] { -1, 3, 2 }, session.Outputs["Forecast"].Dimensions);
    }

    [TestMethod]
    public void Large_weights_are_in_a_file_next_to_the_model()
    {
        SequenceModel model = Forecaster;
        using var folder = new TemporaryFolder();
        model.SaveOnnx(folder.At("one.onnx"));
        model.SaveOnnx(folder.At("two.onnx"), new OnnxOptions { LargestInside = 10_000 });

        CollectionAssert.AreEquivalent(new[] { "one.onnx", "two.onnx", "two.onnx.data" }, Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName)
            .ToArray());
        Assert.IsLessThan(20_000, new FileInfo(folder.At("two.onnx")).Length);
        CollectionAssert.AreEqual(Forecast(folder.At("one.onnx")), Forecast(folder.At("two.onnx")));
        string message = Assert.ThrowsExactly<NotSupportedException>(() => model.SaveOnnx(Stream.Null, new OnnxOptions { LargestInside = 10_000 })).Message;
        StringAssert.Contains(message, "save to a path");
    }

    [TestMethod]
    public void A_path_that_cannot_be_written_leaves_nothing()
    {
        SequenceModel model = Forecaster;
        using var folder = new TemporaryFolder();
        Assert.ThrowsExactly<DirectoryNotFoundException>(() => model.SaveOnnx(folder.At("nowhere", "model.onnx")));
        folder.Folder("model.onnx");
        folder.Folder("other.onnx.data");
        string[] before = Directory.GetFileSystemEntries(folder.Path);
        Exception refused = Assert.Throws<Exception>(() => model.SaveOnnx(folder.At("model.onnx")));
        Assert.IsTrue(refused is IOException or UnauthorizedAccessException, $"{refused}");
        // The weights cannot be written, so the model must not be written either.
        refused = Assert.Throws<Exception>(() => model.SaveOnnx(folder.At("other.onnx"), new OnnxOptions { LargestInside = 10_000 }));
        Assert.IsTrue(refused is IOException or UnauthorizedAccessException, $"{refused}");
        CollectionAssert.AreEquivalent(before, Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void Weights_in_a_separate_file_are_written_before_their_graph()
    {
        using var folder = new TemporaryFolder();
        folder.Folder("model.onnx");
        var outside = new OnnxOptions { LargestInside = 10_000 };
        Exception refused = Assert.Throws<Exception>(() => Forecaster.SaveOnnx(folder.At("model.onnx"), outside));
        Assert.IsTrue(refused is IOException or UnauthorizedAccessException, $"{refused}");
        // The remaining files are complete: the weights are the same as without an error, and no file is half-written.
        Forecaster.SaveOnnx(folder.At("other.onnx"), outside);
        CollectionAssert.AreEqual(File.ReadAllBytes(folder.At("other.onnx.data")), File.ReadAllBytes(folder.At("model.onnx.data")));
        Assert.HasCount(4, Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void An_existing_file_is_replaced_whole_or_kept()
    {
        using var folder = new TemporaryFolder();
        Forecaster.SaveOnnx(folder.At("model.onnx"));
        byte[] before = File.ReadAllBytes(folder.At("model.onnx"));
        Forecaster.SaveOnnx(folder.At("model.onnx"));
        CollectionAssert.AreEqual(before, File.ReadAllBytes(folder.At("model.onnx")), "the same model is the same bytes");

        var task = new SequenceRegression
        {
            Input = UntrainedModel.Features(3),
            Pooling = PoolingKind.Mean,
            LongestSequence = 8,
            LabelScaling = new ChannelScaling([0], [1])
        };
        SequenceModel backwards = UntrainedModel.Make(new Bidirectional(), task, Scaling);
        string message = Assert.ThrowsExactly<NotSupportedException>(() => backwards.SaveOnnx(folder.At("model.onnx"), OnnxMode.Step)).Message;
        StringAssert.Contains(message, "step by step");
        CollectionAssert.AreEqual(before, File.ReadAllBytes(folder.At("model.onnx")));
    }

    [TestMethod]
    public void Options_that_do_not_fit_are_refused_all_at_once()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(
            () => Forecaster.SaveOnnx(Stream.Null, new OnnxOptions { Mode = OnnxMode.Step, Lengths = true, Series = "north" }));
        StringAssert.Contains(error.Message, "cannot be used with Mode = Step");
        StringAssert.Contains(error.Message, "the last 12 steps of every row");
        StringAssert.Contains(error.Message, "one scaling for all series");
    }

    [TestMethod]
    public void A_pipeline_of_ML_NET_scores_the_sequence_form()
    {
        OnnxLog.Listen();
        using var folder = new TemporaryFolder();
        SequenceModel model = Forecaster;
        model.SaveOnnx(folder.At("model.onnx"));
        var ml = new MLContext();
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Window));
        schema["Sequence"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 12, 3);
        Window[] windows = [.. Enumerable.Range(1, 4).Select(seed => new Window { Sequence = SequenceBatch.Random(1, 12, 3, seed).Floats })];
        IDataView rows = ml.Data.LoadFromEnumerable(windows, schema);

        var pipeline = ml.Transforms.ApplyOnnxModel(["Forecast"], ["Sequence"], folder.At("model.onnx"),
            new Dictionary<string, int[]> { ["Sequence"] = [1, 12, 3] }, gpuDeviceId: null, fallbackToCpu: false);
        float[][] forecasts = [.. pipeline.Fit(rows).Transform(rows).GetColumn<float[]>("Forecast")];

        for (int i = 0; i < windows.Length; i++)
            Close.AssertEqual(Close.Doubles(model.Forecast(windows[i].Sequence)), Close.Doubles(forecasts[i]), 1e-4, $"window {i}");
    }

    private sealed class Window
    {
        public float[] Sequence { get; set; } = [];
    }

    private static float[] Forecast(string path)
    {
        using OnnxSession session = OnnxLog.Quietly(() => new OnnxSession(path));
        return session.Run(new OnnxTensor("Sequence", History, 1, 12, 3))["Forecast"].Floats;
    }

    private static OnnxSession Open(SequenceModel model, OnnxOptions options)
    {
        using var file = new MemoryStream();
        model.SaveOnnx(file, options);
        return OnnxLog.Quietly(() => new OnnxSession(file.ToArray()));
    }

    private static ModelProto Parsed(SequenceModel model, OnnxOptions options)
    {
        using var file = new MemoryStream();
        model.SaveOnnx(file, options);
        return ModelProto.Parser.ParseFrom(file.ToArray());
    }

    // IR.md: names are C identifiers, each value is defined once and before its use, inner graphs see outer values, inputs and
    // outputs have types.
    private static void AssertSound(GraphProto graph, HashSet<string> defined, string what)
    {
        void Define(string name)
        {
            StringAssert.Matches(name, Identifier(), what);
            Assert.IsTrue(defined.Add(name), $"{what}: {name} is defined twice");
        }

        foreach (string name in graph.Initializer.Select(tensor => tensor.Name).Concat(graph.Input.Select(value => value.Name)))
            Define(name);
        var nodes = new HashSet<string>(StringComparer.Ordinal);
        foreach (NodeProto node in graph.Node)
        {
            Assert.IsTrue(nodes.Add(node.Name), $"{what}: two nodes are {node.Name}");
            foreach (string input in node.Input.Where(input => input.Length > 0))
                Assert.IsTrue(defined.Contains(input), $"{what}: {node.Name} reads {input} before it is there");
            foreach (GraphProto body in node.Attribute.Where(attribute => attribute.G is not null).Select(attribute => attribute.G))
                AssertSound(body, defined, what);
            foreach (string output in node.Output)
                Define(output);
        }

        foreach (ValueInfoProto output in graph.Output)
        {
            Assert.IsTrue(defined.Contains(output.Name), $"{what}: {output.Name}");
            Assert.IsNotNull(output.Type.TensorType.Shape);
        }
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex Identifier();
}
