using MLNet.Sequence.Generation;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Onnx;

/// <summary>Models of pairs as an encoder and a step of a decoder in ONNX Runtime give what plain C# gives.</summary>
[TestClass]
public sealed class OnnxPairTests
{
    private const int Targets = 5, Boundary = Targets, MostTokens = 9;

    public static IEnumerable<object[]> Models => from name in EncoderDecoder.Names from tokens in new[] { true, false } select new object[] { name, tokens };

    [TestMethod]
    [DynamicData(nameof(Models))]
    public void Step_by_step_it_is_the_target_of_a_beam_of_one(string architecture, bool tokens)
    {
        SequenceModel model = Model(architecture, tokens);
        using var folder = new TemporaryFolder();
        model.SaveOnnxPair(folder.At("encoder.onnx"), folder.At("decoder.onnx"));
        using OnnxSession encoder = OnnxLog.Quietly(() => new OnnxSession(folder.At("encoder.onnx"))), decoder = new(folder.At("decoder.onnx"));
        foreach (int steps in new[] { 1, 3, 7 })
        {
            OnnxTensor memory = encoder.Run(Source(model, steps, seed: steps))["Memory"];
            Assert.AreEqual((1L, (long)steps), (memory.Shape[0], memory.Shape[1]));
            var stream = new OnnxStream(decoder, rows: 1);
            StepStream plain = TargetPrediction.Start(model, Predictor.Prepare(model, Values(model, steps, seed: steps)));
            var found = new List<int>();
            for (long token = Boundary; found.Count < MostTokens;)
            {
                Dictionary<string, OnnxTensor> outputs = stream.Step(new OnnxTensor("Step", new[] { token }, 1), memory);
                double total = Logits.LogSumExp(plain.Output);
                Close.AssertEqual([.. plain.Output.ToArray().Select(logit => logit - total)], Close.Doubles(outputs["LogProbabilities"].Floats), 1e-4,
                    $"token {found.Count + 1} of {steps} steps");
                token = ((long[])outputs["Next"].Values)[0];
                if (token == Boundary)
                    break;
                found.Add((int)token);
                plain.Feed((int)token);
            }

            var search = new SequenceSearch { Width = 1, MaxLength = MostTokens };
            CollectionAssert.AreEqual(model.PredictTargets(Values(model, steps, seed: steps), search)[0].Tokens.ToArray(), found);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Models))]
    public void Padded_rows_side_by_side_are_each_as_alone(string architecture, bool tokens)
    {
        SequenceModel model = Model(architecture, tokens);
        using var folder = new TemporaryFolder();
        model.SaveOnnxPair(folder.At("encoder.onnx"), folder.At("decoder.onnx"), new OnnxOptions { Lengths = true });
        using OnnxSession encoder = OnnxLog.Quietly(() => new OnnxSession(folder.At("encoder.onnx"))), decoder = new(folder.At("decoder.onnx"));
        long[] lengths = [2, 6];
        OnnxTensor both = Joined(Source(model, 6, seed: 2), Source(model, 6, seed: 6)), given = new("Lengths", lengths, 2);
        OnnxTensor memory = encoder.Run(both, given)["Memory"];
        var stream = new OnnxStream(decoder, rows: 2);
        float[] last = [];
        foreach (long token in new[] { (long)Boundary, 3, 0 })
            last = stream.Step(new OnnxTensor("Step", new[] { token, token }, 2), memory, given)["LogProbabilities"].Floats;
        for (int row = 0; row < 2; row++)
        {
            int features = model.Task.RowInput!.Features;
            double[] whole = Values(model, 6, seed: row == 0 ? 2 : 6);
            StepStream plain = TargetPrediction.Start(model, Predictor.Prepare(model, whole.AsSpan(0, (int)lengths[row] * features)));
            plain.Feed(3);
            plain.Feed(0);
            double total = Logits.LogSumExp(plain.Output);
            Close.AssertEqual([.. plain.Output.ToArray().Select(logit => logit - total)],
                Close.Doubles(last.AsSpan(row * (Targets + 1), Targets + 1).ToArray()), 1e-4, $"row {row + 1}");
        }
    }

    [TestMethod]
    public void Numbers_follow_from_numbers_in_the_units_of_the_data()
    {
        var task = new SequenceToSequence
        {
            Source = UntrainedModel.Features(2),
            Target = new SequenceInput { Columns = ["Target"], Scalars = false, Features = 3 },
            TargetScaling = new ChannelScaling([5, -40, 300], [1, 2, 30]),
            LongestSource = 8,
            LongestTarget = 8,
        };
        SequenceModel model = UntrainedModel.Make(new AttentionRnn { HiddenSize = 6 }, task, new ChannelScaling([12, 25], [2, 4]));
        using var folder = new TemporaryFolder();
        model.SaveOnnxPair(folder.At("encoder.onnx"), folder.At("decoder.onnx"));
        using OnnxSession encoder = OnnxLog.Quietly(() => new OnnxSession(folder.At("encoder.onnx"))), decoder = new(folder.At("decoder.onnx"));
        Assert.AreEqual("[5,-40,300]", decoder.Metadata["start"]);
        OnnxTensor memory = encoder.Run(Source(model, 4, seed: 1))["Memory"];
        var stream = new OnnxStream(decoder, rows: 1);
        var found = new List<double>();
        for (float[] step = [5, -40, 300]; found.Count < 15; found.AddRange(Close.Doubles(step)))
            step = stream.Step(new OnnxTensor("Step", step, 1, 3), memory)["Next"].Floats;
        Close.AssertEqual(model.PredictNumbers(Values(model, 4, seed: 1), 5), [.. found], 1e-4, "numbers");
    }

    [TestMethod]
    public void The_files_say_what_they_are_and_that_they_belong_together()
    {
        SequenceModel model = Model("attention-rnn", tokens: true);
        using var folder = new TemporaryFolder();
        model.SaveOnnxPair(folder.At("encoder.onnx"), folder.At("decoder.onnx"));
        using OnnxSession encoder = OnnxLog.Quietly(() => new OnnxSession(folder.At("encoder.onnx"))), decoder = new(folder.At("decoder.onnx"));
        Assert.AreEqual(("encoder", "decoder step"), (encoder.Metadata["mode"], decoder.Metadata["mode"]));
        Assert.AreEqual(encoder.Metadata["pair"], decoder.Metadata["pair"]);
        Assert.AreEqual(("5", "12"), (decoder.Metadata["boundary"], decoder.Metadata["maxLength"]));
        Assert.AreEqual("[\"A\",\"B\",\"C\",\"D\",\"E\"]", decoder.Metadata["targetTokens"]);
        CollectionAssert.AreEqual(new[] { "batch", "time", "" }, encoder.Outputs["Memory"].SymbolicDimensions);
        CollectionAssert.AreEqual(new[] { "batch", "time", "" }, decoder.Inputs["Memory"].SymbolicDimensions);
        CollectionAssert.AreEqual(new[] { "Step", "Memory", "state_time" },
            decoder.Inputs.Keys.Where(name => !name.EndsWith("_h", StringComparison.Ordinal)).ToArray());
    }

    [TestMethod]
    public void A_decoder_alone_and_what_is_no_pair_are_refused()
    {
        SequenceModel model = Model("attention-rnn", tokens: true);
        using var folder = new TemporaryFolder();
        string at = folder.At("a.onnx"), other = folder.At("b.onnx");
        foreach (OnnxMode mode in Enum.GetValues<OnnxMode>())
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.SaveOnnx(at, mode)).Message,
                "use SaveOnnxPair, which writes the encoder");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.SaveOnnxPair(at, at)).Message, "need a file each");
        var wrong = new OnnxOptions { Mode = OnnxMode.Step, Series = "x" };
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.SaveOnnxPair(at, other, wrong)).Message,
            "Mode must be Sequence for a pair, of which the decoder is a step; found Step. Series must be null");
        SequenceModel single = UntrainedModel.Make(new Gru { HiddenSize = 4 }, new SequenceRegression
        {
            Input = UntrainedModel.Features(2),
            Pooling = PoolingKind.Mean,
            LongestSequence = 5,
            LabelScaling = new ChannelScaling([0], [1]),
        }, new ChannelScaling([0, 0], [1, 1]));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => single.SaveOnnxPair(at, other)).Message,
            "has an encoder and a decoder: use SaveOnnx");
        Assert.IsFalse(File.Exists(at) || File.Exists(other));
    }

    [TestMethod]
    public void A_token_or_a_memory_that_does_not_fit_is_an_error()
    {
        SequenceModel model = Model("encoder-decoder-transformer", tokens: true);
        using var folder = new TemporaryFolder();
        model.SaveOnnxPair(folder.At("encoder.onnx"), folder.At("decoder.onnx"));
        using OnnxSession encoder = OnnxLog.Quietly(() => new OnnxSession(folder.At("encoder.onnx"))), decoder = new(folder.At("decoder.onnx"));
        OnnxTensor memory = encoder.Run(Source(model, 4, seed: 1))["Memory"], two = Joined(memory, memory);
        foreach (long token in new[] { -1L, Boundary + 1 })
            OnnxLog.Aside(() => Assert.Throws<Exception>(() => new OnnxStream(decoder, 1).Step(new OnnxTensor("Step", new[] { token }, 1), memory)));
        OnnxLog.Aside(() => Assert.Throws<Exception>(() => new OnnxStream(decoder, 1).Step(new OnnxTensor("Step", new long[] { 0 }, 1), two)));
        OnnxLog.Aside(() => Assert.Throws<Exception>(() => new OnnxStream(decoder, 2).Step(new OnnxTensor("Step", new long[] { 0, 0 }, 2), memory)));
    }

    private static SequenceModel Model(string architecture, bool tokens)
    {
        EncoderDecoder made = architecture switch
        {
            "attention-rnn" => new AttentionRnn { HiddenSize = 6 },
            "gnmt" => new Gnmt { HiddenSize = 6, Layers = 3 },
            "conv-seq2-seq" => new ConvSeq2Seq { Channels = 6, Layers = 2 },
            "encoder-decoder-transformer" => new EncoderDecoderTransformer { Channels = 8, Layers = 2, Heads = 2, FeedForward = 7 },
            _ => throw new NotSupportedException($"The test has no small {architecture}."),
        };
        TokenInput Tokens(params string[] values) => new() { Count = values.Length, Keys = true, Values = values, ValueType = "String", EmbeddingSize = 5 };
        SequenceInput Column(string name, TokenInput? of) => new() { Columns = [name], Scalars = false, Features = of is null ? 2 : 1, Tokens = of };
        var task = new SequenceToSequence
        {
            Source = Column("Source", tokens ? Tokens("a", "b", "c", "d") : null),
            Target = Column("Target", Tokens("A", "B", "C", "D", "E")),
            LongestSource = 8,
            LongestTarget = 12,
        };
        return UntrainedModel.Make(made, task, tokens ? ChannelScaling.None(1) : new ChannelScaling([12, 25], [2, 4]));
    }

    private static double[] Values(SequenceModel model, int steps, int seed) => model.Task.Tokens is { } tokens
        ? [.. Enumerable.Range(0, steps).Select(step => (double)((step * step + seed) % tokens.Count))]
        : [.. SequenceBatch.Random(1, steps, 2, seed).Floats.Select((value, i) => (double)(float)(i % 2 == 0 ? 12 + 2 * value : 25 + 4 * value))];

    private static OnnxTensor Source(SequenceModel model, int steps, int seed)
    {
        double[] values = Values(model, steps, seed);
        return model.Task.Tokens is null
            ? new OnnxTensor("Sequence", Array.ConvertAll(values, value => (float)value), 1, steps, 2)
            : new OnnxTensor("Sequence", Array.ConvertAll(values, value => (long)value), 1, steps);
    }

    private static OnnxTensor Joined(OnnxTensor one, OnnxTensor other)
    {
        Array both = Array.CreateInstance(one.Values.GetType().GetElementType()!, one.Values.Length + other.Values.Length);
        one.Values.CopyTo(both, 0);
        other.Values.CopyTo(both, one.Values.Length);
        return new OnnxTensor(one.Name, both, [2, .. one.Shape[1..]]);
    }

}
