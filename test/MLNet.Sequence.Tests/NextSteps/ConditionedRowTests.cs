using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Tests.NextSteps;

/// <summary>Rows of numbers and of bits with conditions: padding, files, and what cannot be given them.</summary>
[TestClass]
public sealed class ConditionedRowTests
{
    private const int PerFrame = 4;

    [TestMethod]
    [DataRow(StepKind.Real)]
    [DataRow(StepKind.MultiLabel)]
    public void A_saved_model_continues_and_scores_alike(StepKind kind)
    {
        using NextStepTransformer model = Fit(kind, padded: false);
        using var file = new MemoryStream();
        model.Model.Save(file);
        file.Position = 0;
        SequenceModel loaded = SequenceModel.Load(file);
        var options = new GenerationOptions
        {
            MaxLength = 9,
            Seed = 1,
            Conditions = new ConditionValues { Frames = [1, 2, 3], Numbers = new Dictionary<string, double> { ["Gain"] = 2 } },
        };
        double[] Continued(SequenceModel one) => [.. one.GenerateSteps([1.0, 0.0], options).SelectMany(step => step)];
        Assert.HasCount(9, Continued(model.Model));
        CollectionAssert.AreEqual(Continued(model.Model), Continued(loaded));
        float[] Losses(ScoringBackend backend)
        {
            model.Backend = backend;
            return [.. model.Transform(View(Rows(kind))).GetColumn<float>("Loss")];
        }

        foreach ((float torch, float managed) in Losses(ScoringBackend.Torch).Zip(Losses(ScoringBackend.Managed)))
            Assert.AreEqual(torch, managed, 1e-4 * (1 + Math.Abs(torch)));
    }

    [TestMethod]
    [DataRow(2, DisplayName = "frames of the steps")]
    [DataRow(3, DisplayName = "and one after them")]
    [DataRow(6, DisplayName = "frames padded with the steps")]
    public void Padded_rows_are_as_those_without_padding(int frames)
    {
        using NextStepTransformer model = Fit(StepKind.Real, padded: true);
        float Loss(Row row) => model.Transform(View([row])).GetColumn<float>("Loss").Single();

        // 8 steps of two frames. The third holds for the step after the last, which a loss does not see.
        float[] steps = [3, 1, 4, 1, 5, 9, 2, 6], known = [1, 2, 7, float.NaN, float.NaN, float.NaN];
        float expected = Loss(new Row { Features = steps, Frames = known[..2], Gain = 1 });
        float[] padded = [.. steps, .. Enumerable.Repeat(float.NaN, 14)];
        Assert.AreEqual(expected, Loss(new Row { Features = padded, Frames = known[..frames], Gain = 1 }), 1e-6);
        Assert.AreNotEqual(expected, Loss(new Row { Features = padded, Frames = [2, 1, .. known[2..frames]], Gain = 1 }));
        foreach (int wrong in new[] { 1, 4 })
        {
            StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(
                () => Loss(new Row { Features = padded, Frames = new float[wrong], Gain = 1 })).Message, "expected 2 or 3 frames");
        }
    }

    [TestMethod]
    public void Sessions_and_frames_of_another_width_are_refused()
    {
        using NextStepTransformer model = Fit(StepKind.Real, padded: false);
        StringAssert.Contains(Assert.ThrowsExactly<NotSupportedException>(() => model.Model.CreateSession()).Message,
            "The model is conditioned on 'Frames', 'Gain', which a session cannot be given yet");
        var ml = new MLContext();
        IDataView wide = ml.Data.LoadFromEnumerable([new WideRow { Features = new float[8], Frames = new float[2] }]);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => model.Transform(wide)).Message, "1 values per frame, as in training");
    }

    [TestMethod]
    [DataRow(2147483648, 1, 2147483648)]
    [DataRow(8, 4, 2)]
    [DataRow(9, 4, 3)]
    public void Frames_are_counted_without_overflow(long steps, int perFrame, long frames) =>
        Assert.AreEqual(frames, new StepConditions { KnownColumnName = "Frames", KnownSize = 1, StepsPerFrame = perFrame }.FramesFor(steps));

    private static NextStepTransformer Fit(StepKind kind, bool padded) => new MLContext(seed: 1).Sequence.Trainers.NextStep(
        new Lstm { HiddenSize = 3 }, new NextStepOptions
        {
            Kind = kind,
            EndAtPadding = padded,
            StaticColumnNames = ["Gain"],
            KnownColumnName = "Frames",
            StepsPerFrame = PerFrame,
            Training = new TrainingOptions { Epochs = 2, LearningRate = 1e-2, Patience = null, ValidationFraction = 0 },
        }).Fit(View(Rows(kind)));

    private static IDataView View(Row[] rows) => new MLContext().Data.LoadFromEnumerable(rows);

    private static Row[] Rows(StepKind kind)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, 6).Select(_ => new Row
        {
            Features = [.. Enumerable.Range(0, 12).Select(_ => (float)random.Next(kind == StepKind.Real ? 9 : 2))],
            Frames = [.. Enumerable.Range(0, 3).Select(_ => (float)random.Next(4))],
            Gain = random.Next(3),
        })];
    }

    private sealed class Row
    {
        [VectorType]
        public float[] Features { get; set; } = [];

        [VectorType]
        public float[] Frames { get; set; } = [];

        public float Gain { get; set; }
    }

    private sealed class WideRow
    {
        [VectorType]
        public float[] Features { get; set; } = [];

        [VectorType(1, 2)]
        public float[] Frames { get; set; } = [];

        public float Gain { get; set; }
    }
}
