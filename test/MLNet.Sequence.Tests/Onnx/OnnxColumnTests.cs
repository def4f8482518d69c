using MLNet.Sequence.Samples.Onnx;

namespace MLNet.Sequence.Tests.Onnx;

/// <summary>The outputs of a file have the names that were set for the task's columns.</summary>
[TestClass]
public sealed class OnnxColumnTests
{
    private static readonly SequenceInput Input = UntrainedModel.Features(2);

    private static readonly SequenceTask[] Tasks =
    [
        UntrainedModel.Forecasting(WindowNormalization.None) with { ForecastColumnName = "F" },
        new SequenceClassification { Input = Input, Pooling = PoolingKind.Max, LongestSequence = 24, Classes = 3, PredictedLabelColumnName = "F",
            ScoreColumnName = "G" },
        new SequenceBinaryClassification { Input = Input, Pooling = PoolingKind.Max, LongestSequence = 24, PredictedLabelColumnName = "F",
            ScoreColumnName = "G",
            ProbabilityColumnName = "H" },
        new SequenceRegression { Input = Input, Pooling = PoolingKind.Max, LongestSequence = 24, LabelScaling = new([1], [2]), ScoreColumnName = "F" },
        new SequenceTagging { Input = Input, LongestSequence = 24, Tags = 3, PredictedLabelsColumnName = "F", ScoreColumnName = "G" },
        new SequenceTagging { Input = Input, LongestSequence = 24, Tags = 3, PredictedLabelsColumnName = "F", ScoreColumnName = "G",
            Decoding = TagDecoding.Chain },
        new NextStep { Input = Input, Kind = StepKind.Real, LongestSequence = 24, PredictionColumnName = "F", LossColumnName = "G" },
    ];

    [TestMethod]
    public void Outputs_have_the_names_of_the_columns()
    {
        foreach (SequenceTask task in Tasks)
            Assert.AreEqual("", string.Concat(Outputs(Model(task)).Keys.Except(["F", "G", "H"])), $"{task}");
    }

    [TestMethod]
    public void A_name_that_a_node_or_a_weight_would_have_is_the_columns()
    {
        var task = (SequenceBinaryClassification)Tasks[2];
        Dictionary<string, OnnxTensor> plain = Outputs(Model(task));
        Dictionary<string, OnnxTensor> named = Outputs(Model(task with
        {
            PredictedLabelColumnName = "Sigmoid",
            ScoreColumnName = "scaling_mean",
            ProbabilityColumnName = "chance of yes (%)"
        }));

        CollectionAssert.AreEquivalent(new[] { "Sigmoid", "scaling_mean", "chance of yes (%)" }, named.Keys.ToArray());
        CollectionAssert.AreEqual(plain["H"].Floats, named["chance of yes (%)"].Floats);
        CollectionAssert.AreEqual(plain["G"].Floats, named["scaling_mean"].Floats);
    }

    [TestMethod]
    public void A_column_with_the_name_of_an_input_is_refused()
    {
        SequenceModel model = Model(UntrainedModel.Forecasting(WindowNormalization.None) with { ForecastColumnName = "Sequence" });
        using var file = new MemoryStream();
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.SaveOnnx(file, new OnnxOptions())).Message, "a column 'Sequence'");
        model.SaveOnnx(file, new OnnxOptions { Mode = OnnxMode.Step });
    }

    private static SequenceModel Model(SequenceTask task) =>
        UntrainedModel.Make(new Lstm { HiddenSize = 4 }, task,
            new ChannelScaling([.. new float[task.DataChannels].Select(_ => 1f)], [.. new float[task.DataChannels].Select(_ => 2f)]));

    private static Dictionary<string, OnnxTensor> Outputs(SequenceModel model)
    {
        using var file = new MemoryStream();
        model.SaveOnnx(file, new OnnxOptions());
        using var session = new OnnxSession(file.ToArray());
        int steps = model.Task is Forecasting task ? task.Context : 5, channels = model.Task.DataChannels;
        return session.Run(new OnnxTensor("Sequence", Enumerable.Range(0, steps * channels).Select(i => MathF.Sin(i)).ToArray(), 1, steps, channels));
    }
}
