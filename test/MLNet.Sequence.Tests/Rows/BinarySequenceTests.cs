using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Columns;

namespace MLNet.Sequence.Tests.Rows;

[TestClass]
public sealed class BinarySequenceTests
{
    private static readonly SequenceOptions Options = new()
    {
        LabelColumnName = "Yes",
        Training = new TrainingOptions { Epochs = 10, LearningRate = 1e-2, BatchSize = 16 },
        ClassWeights = ClassWeights.Balanced,
        LabelSmoothing = 0.02,
    };

    [TestMethod]
    public void A_model_learns_predicts_saves_and_evaluates()
    {
        var ml = new MLContext(seed: 1);
        LabelledSequence[] rows = LabelledSequence.Make(300, seed: 2);
        IDataView train = LabelledSequence.View(ml, LabelledSequence.Make(240)), test = LabelledSequence.View(ml, rows);
        SequenceTrainer trainer = ml.BinaryClassification.Trainers.Sequence(new Lstm { HiddenSize = 16 }, Options);
        using SequencePredictionTransformer model = trainer.Fit(train);
        IDataView scored = model.Transform(test);

        CalibratedBinaryClassificationMetrics metrics = ml.BinaryClassification.Evaluate(scored, "Yes");
        Assert.IsGreaterThan(0.95, metrics.Accuracy);
        Assert.IsGreaterThan(0.95, ml.BinaryClassification.EvaluateNonCalibrated(scored, "Yes").AreaUnderRocCurve);
        PromisedSchema.MustBeDelivered(trainer.GetOutputSchema(PromisedSchema.Of(train.Schema)), scored.Schema);
        BinaryPrediction[] batch = [.. ml.Data.CreateEnumerable<BinaryPrediction>(scored, reuseRowObject: false)];
        using var stream = new MemoryStream();
        ml.Model.Save(model, train.Schema, stream);
        using PredictionEngine<LabelledSequence, BinaryPrediction> engine =
            ml.Model.CreatePredictionEngine<LabelledSequence, BinaryPrediction>(ml.Model.Load(stream, out _));
        for (int i = 0; i < rows.Length; i++)
        {
            BinaryPrediction single = engine.Predict(rows[i]);
            Assert.AreEqual(batch[i].Score, single.Score, 1e-4);
            Assert.AreEqual(1 / (1 + Math.Exp(-single.Score)), single.Probability, 1e-6);
            Assert.AreEqual(single.Score > 0, single.PredictedLabel);
        }
    }

    [TestMethod]
    public void Cross_validation_works()
    {
        var ml = new MLContext(seed: 1);
        var folds = ml.BinaryClassification.CrossValidate(
            LabelledSequence.View(ml, LabelledSequence.Make(120)), ml.BinaryClassification.Trainers.Sequence(new Tcn { Channels = 8 },
                Options with { Training = Options.Training with { Epochs = 40, Patience = null } }), numberOfFolds: 2, labelColumnName: "Yes");

        Assert.IsGreaterThan(0.9, folds.Average(fold => fold.Metrics.Accuracy));
    }
}
