using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Columns;

namespace MLNet.Sequence.Tests.NextSteps;

[TestClass]
public sealed class NextStepTests
{
    private static readonly NextStepOptions Scales = new()
    {
        Kind = StepKind.MultiLabel,
        Features = StepSequence.Keys,
        Training = new TrainingOptions { Epochs = 30, LearningRate = 2e-2, BatchSize = 16, Patience = null },
    };

    private static readonly NextStepOptions Waves = Scales with { Kind = StepKind.Real, Features = 2 };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void A_rule_of_zeros_and_ones_is_learnt_and_continued()
    {
        using NextStepTransformer model = Fit(new Lstm { HiddenSize = 24 }, Scales, StepSequence.Scales(200));
        StepSequence[] test = StepSequence.Scales(40, seed: 2);
        IDataView scored = model.Transform(StepSequence.View(_ml, test));

        NextStepMetrics metrics = _ml.Sequence.EvaluateNextStep(scored);
        Assert.IsLessThan(0.3, metrics.Loss);
        Assert.AreEqual(40, metrics.Count);
        float[][] predictions = [.. scored.GetColumn<float[]>("Prediction")];
        for (int row = 0; row < test.Length; row++)
        {
            int last = Array.LastIndexOf(test[row].Features, 1) % StepSequence.Keys;
            Assert.AreEqual((last + 1) % StepSequence.Keys, predictions[row].IndexOf(predictions[row].Max()));
            Assert.IsGreaterThan(0.8f, predictions[row].Max());
        }
    }

    [TestMethod]
    public void Real_numbers_are_continued_in_their_own_units()
    {
        using NextStepTransformer model = Fit(new Lstm { HiddenSize = 24 }, Waves, StepSequence.Waves(200));
        StepSequence[] test = StepSequence.Waves(20, seed: 2);
        StepSequence[] cut = [.. test.Select(row => new StepSequence { Features = row.Features[..^2] })];
        IDataView scored = model.Transform(StepSequence.View(_ml, cut));

        Assert.IsLessThan(0.05, _ml.Sequence.EvaluateNextStep(scored).Loss);
        float[][] predictions = [.. scored.GetColumn<float[]>("Prediction")];
        for (int row = 0; row < test.Length; row++)
            Assert.AreEqual(test[row].Features[^2], predictions[row][0], 8);
    }

    [TestMethod]
    [DataRow(StepKind.MultiLabel)]
    [DataRow(StepKind.Real)]
    public void What_is_promised_is_delivered_saved_and_the_same_row_by_row(StepKind kind)
    {
        NextStepOptions options = (kind == StepKind.Real ? Waves : Scales) with { Training = Scales.Training with { Epochs = 2 } };
        StepSequence[] rows = kind == StepKind.Real ? StepSequence.Waves(60) : StepSequence.Scales(60);
        IDataView data = StepSequence.View(_ml, rows);
        NextStepTrainer trainer = _ml.Sequence.Trainers.NextStep(new Tcn { Channels = 8 }, options);
        using NextStepTransformer model = trainer.Fit(data);
        IDataView scored = model.Transform(data);
        PromisedSchema.MustBeDelivered(trainer.GetOutputSchema(PromisedSchema.Of(data.Schema)), scored.Schema);

        float[] losses = [.. scored.GetColumn<float>("Loss")];
        float[][] predictions = [.. scored.GetColumn<float[]>("Prediction")];
        using var stream = new MemoryStream();
        _ml.Model.Save(model, data.Schema, stream);
        ITransformer loaded = new MLContext().Model.Load(stream, out _);
        CollectionAssert.AreEqual(losses, loaded.Transform(data).GetColumn<float>("Loss").ToArray());
        // A value near 0 has the rounding error of the feature's larger values.
        float[] largest = [.. Enumerable.Range(0, predictions[0].Length).Select(feature => predictions.Max(row => Math.Abs(row[feature])))];
        using PredictionEngine<StepSequence, StepPrediction> engine = _ml.Model.CreatePredictionEngine<StepSequence, StepPrediction>(loaded);
        for (int i = 0; i < rows.Length; i++)
        {
            StepPrediction alone = engine.Predict(rows[i]);
            Assert.AreEqual(losses[i], alone.Loss, 1e-5 * losses[i]);
            for (int feature = 0; feature < predictions[i].Length; feature++)
                Assert.AreEqual(predictions[i][feature], alone.Prediction[feature], 1e-5 * largest[feature]);
        }
    }

    [TestMethod]
    public void A_model_file_without_MLNET_becomes_a_transformer_again()
    {
        using NextStepTransformer model = Fit(new Lstm { HiddenSize = 4 }, Scales with { Training = Scales.Training with { Epochs = 1 } },
            StepSequence.Scales(20));
        using var stream = new MemoryStream();
        model.Model.Save(stream);
        stream.Position = 0;
        using var again = (NextStepTransformer)_ml.Sequence.CreateTransformer(SequenceModel.Load(stream));
        IDataView data = StepSequence.View(_ml, StepSequence.Scales(9));

        CollectionAssert.AreEqual(model.Transform(data).GetColumn<float>("Loss").ToArray(), again.Transform(data).GetColumn<float>("Loss").ToArray());
    }

    [TestMethod]
    public void The_report_and_the_evaluation_name_the_same_loss()
    {
        IDataView data = StepSequence.View(_ml, StepSequence.Scales(50));
        foreach (NextStepOptions options in new[] { Scales, Scales with { Training = Scales.Training with { BackpropSteps = 3 } } })
        {
            using NextStepTransformer model = _ml.Sequence.Trainers.NextStep(
                new Lstm { HiddenSize = 6 }, options with { ValidationSet = data, Training = options.Training with { Epochs = 2 } }).Fit(data);
            EpochReport best = model.Model.Report.Epochs[model.Model.Report.BestEpoch - 1];

            NextStepMetrics metrics = _ml.Sequence.EvaluateNextStep(model.Transform(data));
            Assert.AreEqual(best.ValidationLoss!.Value, metrics.Loss, 1e-5 * metrics.Loss);
        }
    }

    [TestMethod]
    public void Chunks_as_long_as_the_sequences_change_nothing()
    {
        StepSequence[] rows = StepSequence.Scales(50);
        NextStepOptions options = Scales with { Training = Scales.Training with { Epochs = 3, Seed = 7 } };
        using NextStepTransformer whole = Fit(new Lstm { HiddenSize = 6 }, options, rows);
        using NextStepTransformer chunk = Fit(new Lstm { HiddenSize = 6 }, options with { Training = options.Training with { BackpropSteps = 16 } }, rows);
        IDataView data = StepSequence.View(_ml, rows);

        CollectionAssert.AreEqual(whole.Transform(data).GetColumn<float>("Loss").ToArray(), chunk.Transform(data).GetColumn<float>("Loss").ToArray());
    }

    [TestMethod]
    public void A_sequence_of_one_step_has_a_prediction_but_no_loss()
    {
        using NextStepTransformer model = Fit(new Lstm { HiddenSize = 4 }, Scales with { Training = Scales.Training with { Epochs = 1 } },
            StepSequence.Scales(20));
        StepSequence[] rows = [.. StepSequence.Scales(2), new() { Features = [0, 1, 0, 0, 0, 0] }];
        IDataView scored = model.Transform(StepSequence.View(_ml, rows));

        Assert.IsTrue(float.IsNaN(scored.GetColumn<float>("Loss").Last()));
        Assert.IsTrue(scored.GetColumn<float[]>("Prediction").Last().All(float.IsFinite));
        NextStepMetrics metrics = _ml.Sequence.EvaluateNextStep(scored);
        Assert.AreEqual((2L, 1L), (metrics.Count, metrics.LeftOut));
        StringAssert.Contains(metrics.ToString(), "1 sequences left out");
        InvalidOperationException none = Assert.ThrowsExactly<InvalidOperationException>(
            () => _ml.Sequence.EvaluateNextStep(model.Transform(StepSequence.View(_ml, rows[2..]))));
        StringAssert.Contains(none.Message, "No row has a sequence of two steps");
    }

    private NextStepTransformer Fit(Architecture architecture, NextStepOptions options, StepSequence[] rows) =>
        _ml.Sequence.Trainers.NextStep(architecture, options).Fit(StepSequence.View(_ml, rows));
}
