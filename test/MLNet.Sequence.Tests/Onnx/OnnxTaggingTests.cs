using MLNet.Sequence.Architectures;
using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Model;
using MLNet.Sequence.Onnx;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Onnx;

/// <summary>What ONNX Runtime says of steps, of vectors of numbers and of missing values is what plain C# says.</summary>
[TestClass]
public sealed class OnnxTaggingTests
{
    private static readonly Architecture Gru = new Gru { HiddenSize = 5 };

    private static readonly float[] Sequence = [.. SequenceBatch.Random(1, 9, 2, seed: 3).Floats.Select(value => 12 + 3 * value)];

    [TestMethod]
    public void Tags_of_each_step_and_their_probabilities()
    {
        var task = new SequenceTagging { Input = UntrainedModel.Features(2), LongestSequence = 12, Tags = 4, TagValues = ["a", "b", "c", "d"], TagValueType = "String" };
        SequenceModel model = UntrainedModel.Make(Gru, task, new ChannelScaling([12, 13], [2, 4]));
        Dictionary<string, OnnxTensor> outputs = Run(model, Sequence);

        Close.AssertEqual(Close.Doubles(model.Predict(Sequence)), Close.Doubles(outputs["Scores"].Floats), 1e-5, "scores");
        CollectionAssert.AreEqual(TagChain.Likeliest(model.Predict(Sequence), 4), ((long[])outputs["PredictedLabels"].Values).Select(index => (int)index).ToArray());
    }

    [TestMethod]
    public void A_chain_is_refused_with_what_to_do()
    {
        var task = new SequenceTagging { Input = UntrainedModel.Features(2), LongestSequence = 12, Tags = 4, Decoding = TagDecoding.Chain };
        SequenceModel model = UntrainedModel.Make(Gru, task, new ChannelScaling([12, 13], [2, 4]));

        using var stream = new MemoryStream();
        StringAssert.Contains(Assert.ThrowsExactly<NotSupportedException>(() => model.SaveOnnx(stream, new OnnxOptions())).Message, "train with Decoding = TagDecoding.Steps");
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
        var task = new SequenceClassification { Input = UntrainedModel.Features(2) with { MissingValues = MissingValues.Mask }, Pooling = PoolingKind.Max, LongestSequence = 12, Classes = 3 };
        SequenceModel model = UntrainedModel.Make(Gru, task, new ChannelScaling([12, 13], [2, 4]));
        float[] whole = [.. Sequence], holes = [.. Sequence];
        (holes[3], holes[10]) = (float.NaN, float.NaN);

        foreach (float[] sequence in new[] { whole, holes })
            Close.AssertEqual(Close.Doubles(model.Predict(sequence)), Close.Doubles(Run(model, sequence)["Score"].Floats), 1e-5, "score");
        Assert.AreNotEqual(model.Predict(whole)[0], model.Predict(holes)[0]);
    }

    private static Dictionary<string, OnnxTensor> Run(SequenceModel model, float[] sequence)
    {
        using var stream = new MemoryStream();
        model.SaveOnnx(stream, new OnnxOptions());
        using OnnxSession session = OnnxLog.Quietly(() => new OnnxSession(stream.ToArray()));
        return session.Run(new OnnxTensor("Sequence", sequence, 1, sequence.Length / 2, 2));
    }
}
