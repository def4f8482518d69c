using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Data;
using MLNet.Sequence.Tests.Rows;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Missing values that the network sees as a mask.</summary>
[TestClass]
public sealed class MissingMaskTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void A_mask_follows_the_values_of_each_step()
    {
        var encoding = new StepEncoding(new ChannelScaling([1, 10], [2, 20]), HasMask: true);
        var channels = new float[12];

        encoding.Apply([3, 50, double.NaN, 10, 1, double.NaN], channels);

        CollectionAssert.AreEqual(new float[] { 1, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1 }, channels);
    }

    [TestMethod]
    public void A_model_learns_from_the_absence_of_values_alone_and_scores_the_same_everywhere()
    {
        LabelledSequence[] train = Rows(240, seed: 1), test = Rows(80, seed: 2);
        SequenceTrainer trainer = _ml.BinaryClassification.Trainers.Sequence(new Lstm { HiddenSize = 8 }, new SequenceOptions
        {
            LabelColumnName = "Yes",
            Features = 2,
            MissingValues = MissingValues.Mask,
            Training = new TrainingOptions { Epochs = 15, LearningRate = 2e-2, BatchSize = 16 },
        });
        using SequencePredictionTransformer model = trainer.Fit(LabelledSequence.View(_ml, train));
        IDataView scored = model.Transform(LabelledSequence.View(_ml, test));

        Assert.IsGreaterThan(0.95, _ml.BinaryClassification.Evaluate(scored, "Yes").Accuracy);
        Assert.AreEqual(4, model.Model.Task.InputSize);
        Assert.HasCount(2, model.Model.Scaling.Pooled.Mean);
        float[] batch = [.. scored.GetColumn<float>("Score")];
        using var file = new MemoryStream();
        _ml.Model.Save(model, LabelledSequence.View(_ml, train).Schema, file);
        using PredictionEngine<LabelledSequence, BinaryPrediction> engine =
            _ml.Model.CreatePredictionEngine<LabelledSequence, BinaryPrediction>(_ml.Model.Load(file, out _));
        for (int i = 0; i < test.Length; i++)
        {
            BinaryPrediction single = engine.Predict(test[i]);
            Assert.AreEqual(batch[i], single.Score, 1e-4);
            Assert.AreEqual(single.Probability, model.Model.Predict(test[i].Features).Single(), 1e-5);
            SequenceSession session = model.Model.CreateSession();
            var output = new float[1];
            foreach (float[] step in test[i].Features.Chunk(2))
                session.Step(step, output);
            Assert.AreEqual(single.Probability, output[0], 1e-5);
        }
    }

    [TestMethod]
    public void A_next_step_cannot_be_learnt_from_missing_values()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => _ml.Sequence.Trainers.NextStep(
            new Lstm(), new NextStepOptions { Kind = StepKind.Real, MissingValues = MissingValues.Mask }));
        StringAssert.Contains(error.Message, "MissingValues.Mask has no meaning for a next step");
    }

    // Noise in which the first feature is missing twice in rows of one class. The other feature carries no information.
    private static LabelledSequence[] Rows(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(row =>
        {
            float[] values = [.. Enumerable.Range(0, 2 * random.Next(6, 12)).Select(_ => 5 + (float)random.NextDouble())];
            if (row % 2 == 0)
                (values[2], values[6]) = (float.NaN, float.NaN);
            return new LabelledSequence { Yes = row % 2 == 0, Features = values };
        })];
    }
}
