using Microsoft.ML.OnnxRuntime;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Onnx;

namespace MLNet.Sequence.Tests.Onnx;

/// <summary>If a graph has no valid result for an input, ONNX Runtime reports an error and the process continues.</summary>
[TestClass]
public sealed class OnnxRefusalTests
{
    private const int Context = 12, Features = 3;

    public static IEnumerable<object[]> Architectures => Architecture.Names.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Architectures))]
    public void A_forecaster_takes_no_fewer_steps_than_its_context_and_no_fewer_rows_than_one(string name)
    {
        foreach (WindowNormalization normalization in new[] { WindowNormalization.None, WindowNormalization.MeanAndDeviation })
        {
            using OnnxSession session = Open(Architecture.FromName(name), UntrainedModel.Forecasting(normalization, Context), new OnnxOptions());
            // The last one has as many values as one whole window.
            foreach ((int rows, int steps) in new[] { (1, Context - 1), (1, 1), (1, 0), (0, Context), (0, 0), (2, Context / 2) })
                Refused(() => session.Run(Floats("Sequence", rows, steps, Features)), $"{name}, {normalization}: {rows} rows of {steps} steps");
            Assert.HasCount(2 * 6, session.Run(Floats("Sequence", 2, Context, Features))["Forecast"].Floats);
        }
    }

    [TestMethod]
    [DataRow("lstm")]
    [DataRow("tcn")]
    [DataRow("transformer")]
    [DataRow("bidirectional")]
    [DataRow("patched")]
    public void Rows_of_no_steps_and_no_rows_are_refused_in_every_task(string name)
    {
        foreach (SequenceTask task in Tasks().Where(task => task is not NextStep || Architecture.FromName(name).IsCausal))
        {
            string what = $"{name}, {task.GetType().Name}";
            using (OnnxSession session = Open(Architecture.FromName(name), task, new OnnxOptions()))
            {
                Refused(() => session.Run(Floats("Sequence", 1, 0, Features)), $"{what}: no steps");
                Refused(() => session.Run(Floats("Sequence", 0, 4, Features)), $"{what}: no rows");
                Assert.IsNotEmpty(session.Run(Floats("Sequence", 1, 1, Features)));
            }

            using OnnxSession padded = Open(Architecture.FromName(name), task, new OnnxOptions { Lengths = true });
            foreach (long[] lengths in new[] { new long[] { 0, 2 }, [2, 5], [-1, 2], [3], [] })
                Refused(() => padded.Run(Floats("Sequence", 2, 4, Features), new OnnxTensor("Lengths", lengths, lengths.Length)),
                    $"{what}: lengths [{string.Join(", ", lengths)}]");
            Assert.IsNotEmpty(padded.Run(Floats("Sequence", 2, 4, Features), new OnnxTensor("Lengths", new long[] { 1, 4 }, 2)));
        }
    }

    [TestMethod]
    [DataRow("lstm")]
    [DataRow("lru")]
    [DataRow("tcn")]
    [DataRow("transformer")]
    [DataRow("patched")]
    public void A_step_takes_at_least_one_row_and_as_many_states(string name)
    {
        using OnnxSession session = Open(Architecture.FromName(name), UntrainedModel.Forecasting(WindowNormalization.None, Context),
            new OnnxOptions { Mode = OnnxMode.Step });
        OnnxTensor[] Inputs(int rows, int states) => [.. session.Inputs.Select(input => input.Key == "Step"
            ? Floats("Step", rows, Features)
            : input.Value.ElementType == typeof(long)
                ? new OnnxTensor(input.Key, new long[states], states)
                : Floats(input.Key, [states, .. input.Value.Dimensions.Skip(1)]))];
        foreach ((int rows, int states) in new[] { (0, 0), (0, 1), (1, 0), (2, 1), (1, 2) })
            Refused(() => session.Run(Inputs(rows, states)), $"{name}: {rows} rows, {states} states");
        Assert.IsNotEmpty(session.Run(Inputs(2, 2)));
    }

    [TestMethod]
    public void An_unknown_token_is_refused()
    {
        var input = new SequenceInput
        {
            Columns = ["Tokens"],
            Scalars = false,
            Features = 1,
            Tokens = new TokenInput { Count = 5, Keys = false, EmbeddingSize = 3 }
        };
        var task = new SequenceClassification { Input = input, Pooling = PoolingKind.Max, LongestSequence = 6, Classes = 3 };
        using OnnxSession session = Open(new Gru { HiddenSize = 3 }, task, new OnnxOptions());
        foreach (long token in new long[] { -1, -5, 5, 99 })
            Refused(() => session.Run(new OnnxTensor("Sequence", new[] { 1, token }, 1, 2)), $"token {token}");
        Refused(() => session.Run(new OnnxTensor("Sequence", Array.Empty<long>(), 1, 0)), "no steps");
        Refused(() => session.Run(new OnnxTensor("Sequence", Array.Empty<long>(), 0, 3)), "no rows");
    }

    private static IEnumerable<SequenceTask> Tasks()
    {
        SequenceInput input = UntrainedModel.Features(Features);
        foreach (PoolingKind pooling in Enum.GetValues<PoolingKind>())
            yield return new SequenceClassification { Input = input, Pooling = pooling, LongestSequence = Context, Classes = 3 };
        yield return new SequenceBinaryClassification { Input = input, Pooling = PoolingKind.Max, LongestSequence = Context };
        yield return new SequenceRegression
        {
            Input = input,
            Pooling = PoolingKind.Mean,
            LongestSequence = Context,
            LabelScaling = new ChannelScaling([1], [3])
        };
        yield return new SequenceTagging { Input = input, LongestSequence = Context, Tags = 4, Decoding = TagDecoding.Steps };
        yield return new SequenceTagging { Input = input, LongestSequence = Context, Tags = 4, Decoding = TagDecoding.Chain };
        yield return new NextStep { Input = input, Kind = StepKind.Real, LongestSequence = Context };
    }

    private static OnnxTensor Floats(string name, params int[] shape) =>
        new(name, new float[shape.Aggregate(1, (product, size) => product * size)], [.. shape.Select(size => (long)size)]);

    private static void Refused(Action run, string what) => OnnxLog.Aside(() => Assert.ThrowsExactly<OnnxRuntimeException>(run, what));

    private static OnnxSession Open(Architecture architecture, SequenceTask task, OnnxOptions options)
    {
        using var file = new MemoryStream();
        int channels = task is Forecasting or SequenceRowTask { Input.Tokens: null } or NextStep ? Features : 1;
        UntrainedModel.Make(architecture, task, ChannelScaling.None(channels)).SaveOnnx(file, options);
        return OnnxLog.Quietly(() => new OnnxSession(file.ToArray()));
    }
}
