using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Tests.Onnx;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Generation;

/// <summary>What a decoder attends to, against the formulas of its layers.</summary>
[TestClass]
public sealed class TargetAttentionTests
{
    private const int Channels = 4, Steps = 5;

    [TestMethod]
    public void Attention_to_a_memory_is_the_mean_over_its_heads()
    {
        var layer = new CrossAttention(2) { MemorySize = 3 };
        (float[] seen, Weights weights, float[] memory, float[] input) = Step(layer);
        double[][] keys = [.. memory.Chunk(3).Select(step => Affine(weights, "weight_memory", "bias_memory", step))];
        double[] query = Affine(weights, "weight_query", "bias_query", input);
        double[] expected = new double[Steps];
        for (int head = 0; head < 2; head++)
        {
            double[] scores = [.. keys.Select(key => (query[2 * head] * key[2 * head] + query[2 * head + 1] * key[2 * head + 1]) / Math.Sqrt(2))];
            for (int j = 0; j < Steps; j++)
                expected[j] += Math.Exp(scores[j]) / scores.Sum(Math.Exp) / 2;
        }

        Close.AssertEqual(expected, Close.Doubles(seen), 1e-5, "two heads");
    }

    [TestMethod]
    public void Attention_inside_a_recurrent_loop_starts_from_the_first_state()
    {
        var layer = new AttentionGru(Channels) { MemorySize = 3, AttentionSize = 2 };
        (float[] seen, Weights weights, float[] memory, _) = Step(layer);
        double[] state = [.. Affine(weights, "weight_start", "bias_start", memory[..3]).Select(Math.Tanh)];
        double[] query = Affine(weights, "weight_query", null, [.. state.Select(value => (float)value)]);
        double[] scores = [.. memory.Chunk(3).Select(step => Affine(weights, "weight_memory", "bias_memory", step)
            .Select((key, i) => weights["weight_score"].Values[i] * Math.Tanh(query[i] + key)).Sum())];
        Close.AssertEqual([.. scores.Select(score => Math.Exp(score) / scores.Sum(Math.Exp))], Close.Doubles(seen), 1e-5, "the first step");
    }

    [TestMethod]
    [DataRow("attention-rnn")]
    [DataRow("conv-seq2-seq")]
    [DataRow("encoder-decoder-transformer")]
    [DataRow("gnmt")]
    public void Each_step_of_a_target_and_its_end_share_one_attention_and_earlier_steps_do_not_see_later_ones(string name)
    {
        SequenceModel model = UntrainedModel.Make(EncoderDecoder.FromName(name), Task(), ChannelScaling.None(1));
        IReadOnlyList<float[]> rows = model.TargetAttention([0, 2, 1], [1, 0]), shorter = model.TargetAttention([0, 2, 1], [1]);
        Assert.HasCount(3, rows);
        foreach (float[] row in rows)
        {
            Assert.HasCount(3, row);
            Assert.AreEqual(1, row.Sum(), 1e-5);
            Assert.IsTrue(row.All(weight => weight >= 0));
        }

        for (int i = 0; i < 2; i++)
            Close.AssertEqual(Close.Doubles(rows[i]), Close.Doubles(shorter[i]), 1e-6, $"step {i}");
    }

    [TestMethod]
    public void Tokens_and_sources_that_the_model_does_not_know_are_refused()
    {
        SequenceModel model = UntrainedModel.Make(new AttentionRnn { HiddenSize = 3 }, Task(), ChannelScaling.None(1));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.TargetAttention([0], [3])).Message,
            "The token 3 of the target is not one of the 3 known tokens.");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.TargetAttention([], [1])).Message, "at least one");
    }

    private static SequenceToSequence Task() => new()
    {
        Source = Tokens("Source"),
        Target = Tokens("Target"),
        LongestSource = 4,
        LongestTarget = 3,
    };

    private static SequenceInput Tokens(string column) => new()
    {
        Columns = [column],
        Scalars = false,
        Features = 1,
        Tokens = new TokenInput { Count = 3, Keys = true, Values = ["a", "b", "c"], ValueType = "String", EmbeddingSize = 4 },
    };

    // One step of a layer that attends to a memory of three channels.
    private static (float[] Seen, Weights Weights, float[] Memory, float[] Input) Step(Layer layer)
    {
        Weights weights = NetworkProbe.RandomWeights(layer, Channels, seed: 3);
        float[] memory = SequenceBatch.Random(1, Steps, 3, seed: 4).Floats, input = SequenceBatch.Random(1, 1, Channels, seed: 5).Floats;
        var trace = new AttentionTrace(Steps);
        IManagedLayer remembering = IManagedLayer.Create(layer, Channels, "", weights).Remember(memory, trace);
        remembering.Step(input, new float[remembering.OutputSize], new float[remembering.StateSize], time: 0);
        return (trace.Take(), weights, memory, input);
    }

    private static double[] Affine(Weights weights, string matrix, string? bias, float[] x)
    {
        double[] rows = [.. weights[matrix].Values.Chunk(x.Length).Select(row => row.Zip(x, (a, b) => (double)a * b).Sum())];
        return bias is null ? rows : [.. rows.Zip(weights[bias].Values, (a, b) => a + b)];
    }
}
