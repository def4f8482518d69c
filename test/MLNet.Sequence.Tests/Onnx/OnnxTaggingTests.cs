using MLNet.Sequence.Layers;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Onnx;

/// <summary>ONNX Runtime gives the results of plain C# for steps, vectors of numbers and missing values.</summary>
[TestClass]
public sealed class OnnxTaggingTests
{
    private static readonly Architecture Gru = new Gru { HiddenSize = 5 };

    private static readonly float[] Sequence = [.. SequenceBatch.Random(1, 9, 2, seed: 3).Floats.Select(value => 12 + 3 * value)];

    [TestMethod]
    public void Tags_of_each_step_and_their_probabilities()
    {
        var task = new SequenceTagging
        {
            Input = UntrainedModel.Features(2),
            LongestSequence = 12,
            Tags = 4,
            TagValues = ["a", "b", "c", "d"],
            TagValueType = "String"
        };
        SequenceModel model = UntrainedModel.Make(Gru, task, new ChannelScaling([12, 13], [2, 4]));
        Dictionary<string, OnnxTensor> outputs = Run(model, Sequence);

        Close.AssertEqual(Close.Doubles(model.Predict(Sequence)), Close.Doubles(outputs["Scores"].Floats), 1e-5, "scores");
        CollectionAssert.AreEqual(TagChain.Likeliest(model.Predict(Sequence), 4), ((long[])outputs["PredictedLabels"].Values).Select(index => (int)index)
            .ToArray());
    }

    [TestMethod]
    public void The_best_sequence_of_tags_and_the_probabilities_of_a_chain()
    {
        SequenceModel model = Chain();
        int[] lengths = [.. Enumerable.Range(1, 12)];
        float[][] rows = [.. lengths.Select(steps => SequenceBatch.Random(1, steps, 2, seed: steps).Floats.Select(value => 12 + 3 * value).ToArray())];
        // Padding may hold any values.
        float[] padded = [.. rows.SelectMany(row => row.Concat(Enumerable.Repeat(float.NaN, 24 - row.Length)))];
        using var stream = new MemoryStream();
        model.SaveOnnx(stream, new OnnxOptions { Lengths = true });
        using OnnxSession session = OnnxLog.Quietly(() => new OnnxSession(stream.ToArray()));
        Dictionary<string, OnnxTensor> outputs = session.Run(new OnnxTensor("Sequence", padded, 12, 12, 2),
            new OnnxTensor("Lengths", lengths.Select(steps => (long)steps).ToArray(), 12));

        long[][] tags = [.. ((long[])outputs["PredictedLabels"].Values).Chunk(12)];
        float[][] scores = [.. outputs["Scores"].Floats.Chunk(12 * 4)];
        TagChain chain = ((SequenceTagging)model.Task).Chain(model.Weights)!;
        int otherwise = 0;
        for (int row = 0; row < rows.Length; row++)
        {
            float[] input = [.. rows[row]];
            model.Scaling.Pooled.Apply(input);
            float[] network = model.Managed.Run(input);
            int[] best = chain.Best(network);
            CollectionAssert.AreEqual(best, tags[row][..lengths[row]].Select(tag => (int)tag).ToArray(), $"row {row}");
            Close.AssertEqual(Close.Doubles(model.Predict(rows[row])), Close.Doubles(scores[row][..(4 * lengths[row])]), 1e-5, $"row {row}");
            otherwise += best.SequenceEqual(TagChain.Likeliest(network, 4)) ? 0 : 1;
        }

        Assert.IsGreaterThan(3, otherwise, "The chain must matter.");
    }

    [TestMethod]
    public void The_probabilities_of_a_long_chain_lose_no_digits()
    {
        SequenceModel model = Chain();
        float[] sequence = [.. SequenceBatch.Random(1, 3_000, 2, seed: 5).Floats.Select(value => 12 + 3 * value)];
        Close.AssertEqual(Close.Doubles(model.Predict(sequence)), Close.Doubles(Run(model, sequence)["Scores"].Floats), 1e-5, "scores");
    }

    [TestMethod]
    public void A_chain_is_refused_step_by_step_with_what_to_do()
    {
        using var stream = new MemoryStream();
        StringAssert.Contains(
            Assert.ThrowsExactly<NotSupportedException>(() => Chain().SaveOnnx(stream, new OnnxOptions { Mode = OnnxMode.Step })).Message,
                "train with Decoding = TagDecoding.Steps");
    }

    [TestMethod]
    public void Vectors_of_numbers_in_the_labels_units()
    {
        var task = new SequenceRegression
        {
            Input = UntrainedModel.Features(2),
            Pooling = PoolingKind.Mean,
            LongestSequence = 12,
            LabelScaling = new ChannelScaling([1200, -3], [35, 2]),
            IsVector = true,
        };
        SequenceModel model = UntrainedModel.Make(Gru, task, new ChannelScaling([12, 13], [2, 4]));

        Close.AssertEqual(Close.Doubles(model.Predict(Sequence)), Close.Doubles(Run(model, Sequence)["Score"].Floats), 1e-5, "score");
    }

    [TestMethod]
    public void Missing_values_that_are_masked()
    {
        SequenceModel model = Gaps(MissingValues.Mask);
        float[] whole = [.. Sequence], holes = [.. Sequence];
        (holes[3], holes[10]) = (float.NaN, float.NaN);

        foreach (float[] sequence in new[] { whole, holes })
            Close.AssertEqual(Close.Doubles(model.Predict(sequence)), Close.Doubles(Run(model, sequence)["Score"].Floats), 1e-5, "score");
        Assert.AreNotEqual(model.Predict(whole)[0], model.Predict(holes)[0]);
    }

    [TestMethod]
    public void Missing_values_that_are_interpolated_but_not_towards_padding()
    {
        SequenceModel model = Gaps(MissingValues.Interpolate);
        // By hand: the second feature of steps 1 and 2 is between 10 and 16, that of the last two steps is 20.
        float[] filled = [9, 10, 11, 12, 13, 14, 15, 16, 17, 20, 19, 20, 21, 20], holes = [.. filled];
        (holes[3], holes[5], holes[11], holes[13]) = (float.NaN, float.NaN, float.NaN, float.NaN);
        double[] expected = Close.Doubles(model.Predict(filled));

        Close.AssertEqual(expected, Close.Doubles(Run(model, holes)["Score"].Floats), 1e-5, "alone");
        using var stream = new MemoryStream();
        model.SaveOnnx(stream, new OnnxOptions { Lengths = true });
        using OnnxSession session = OnnxLog.Quietly(() => new OnnxSession(stream.ToArray()));
        float[] padded = [.. holes, 500, -500];
        OnnxTensor score = session.Run(new OnnxTensor("Sequence", padded, 1, 8, 2), new OnnxTensor("Lengths", new long[] { 7 }, 1))["Score"];
        Close.AssertEqual(expected, Close.Doubles(score.Floats), 1e-5, "padded");
    }

    private static SequenceModel Gaps(MissingValues missing) => UntrainedModel.Make(
        Gru,
        new SequenceClassification
        {
            Input = UntrainedModel.Features(2) with { MissingValues = missing },
            Pooling = PoolingKind.Max,
            LongestSequence = 12,
            Classes = 3,
        },
        new ChannelScaling([12, 13], [2, 4]));

    // A model of a chain whose scores are as large as the network's.
    private static SequenceModel Chain()
    {
        var task = new SequenceTagging { Input = UntrainedModel.Features(2), LongestSequence = 12, Tags = 4, Decoding = TagDecoding.Chain };
        SequenceModel model = UntrainedModel.Make(Gru, task, new ChannelScaling([12, 13], [2, 4]));
        foreach (Weight weight in model.Weights.Where(weight => weight.Name.StartsWith("head.chain", StringComparison.Ordinal)))
        {
            foreach (ref float value in weight.Values.Items.AsSpan())
                value *= 8;
        }

        return model;
    }

    private static Dictionary<string, OnnxTensor> Run(SequenceModel model, float[] sequence)
    {
        using var stream = new MemoryStream();
        model.SaveOnnx(stream, new OnnxOptions());
        using OnnxSession session = OnnxLog.Quietly(() => new OnnxSession(stream.ToArray()));
        return session.Run(new OnnxTensor("Sequence", sequence, 1, sequence.Length / 2, 2));
    }
}
