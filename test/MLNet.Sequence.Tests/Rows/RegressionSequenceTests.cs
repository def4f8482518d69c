using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Columns;

namespace MLNet.Sequence.Tests.Rows;

[TestClass]
public sealed class RegressionSequenceTests
{
    private static readonly SequenceOptions Options = new()
    {
        LabelColumnName = "Number",
        Training = new TrainingOptions { Epochs = 20, LearningRate = 1e-2, BatchSize = 16, Monitor = "mae", Patience = null },
    };

    [TestMethod]
    public void A_model_learns_predicts_saves_and_evaluates()
    {
        var ml = new MLContext(seed: 1);
        LabelledSequence[] rows = LabelledSequence.Make(300, seed: 2);
        IDataView train = LabelledSequence.View(ml, LabelledSequence.Make(240)), test = LabelledSequence.View(ml, rows);
        SequenceTrainer trainer = ml.Regression.Trainers.Sequence(new Lstm { HiddenSize = 16 }, Options);
        using SequencePredictionTransformer model = trainer.Fit(train);
        IDataView scored = model.Transform(test);

        Assert.IsGreaterThan(0.95, ml.Regression.Evaluate(scored, "Number").RSquared);
        PromisedSchema.MustBeDelivered(trainer.GetOutputSchema(PromisedSchema.Of(train.Schema)), scored.Schema);
        float[] batch = [.. scored.GetColumn<float>("Score")];
        using var stream = new MemoryStream();
        ml.Model.Save(model, train.Schema, stream);
        using PredictionEngine<LabelledSequence, NumberPrediction> engine =
            ml.Model.CreatePredictionEngine<LabelledSequence, NumberPrediction>(ml.Model.Load(stream, out _));
        for (int i = 0; i < rows.Length; i++)
            Assert.AreEqual(batch[i], engine.Predict(rows[i]).Score, 1e-5 * Math.Abs(batch[i]));
    }

    [TestMethod]
    public void An_absolute_loss_is_the_mae_in_deviations_of_the_labels()
    {
        var ml = new MLContext(seed: 1);
        IDataView data = LabelledSequence.View(ml, LabelledSequence.Make(60));
        SequenceOptions options = Options with { Loss = RegressionLoss.Absolute, ValidationSet = data, Training = Options.Training with { Epochs = 1 } };
        using SequencePredictionTransformer model = ml.Regression.Trainers.Sequence(new Lstm { HiddenSize = 4 }, options).Fit(data);

        EpochReport epoch = model.Model.Report.Epochs[0];
        double mae = epoch.Metrics["mae"], deviation = ((SequenceRegression)model.Model.Task).LabelScaling.Deviation[0];
        Assert.AreEqual(mae, epoch.ValidationLoss!.Value * deviation, 1e-4 * mae);
        Assert.AreEqual("mean absolute error per row, in deviations of the training rows", model.Model.Report.LossName);
    }

    [TestMethod]
    public void The_mae_in_the_report_is_in_the_labels_units()
    {
        var ml = new MLContext(seed: 1);
        IDataView data = LabelledSequence.View(ml, LabelledSequence.Make(120));
        using SequencePredictionTransformer model = ml.Regression.Trainers.Sequence(
            new Lstm { HiddenSize = 8 }, Options with { ValidationSet = data, Training = Options.Training with { Epochs = 3 } }).Fit(data);

        double mae = ml.Regression.Evaluate(model.Transform(data), "Number").MeanAbsoluteError;
        Assert.AreEqual(mae, model.Model.Report.Epochs[model.Model.Report.BestEpoch - 1].Metrics["mae"], 1e-4 * mae);
        Assert.IsGreaterThan(50, ((SequenceRegression)model.Model.Task).LabelScaling.Deviation[0]);
    }

    [TestMethod]
    public void Cross_validation_works()
    {
        var ml = new MLContext(seed: 1);
        var folds = ml.Regression.CrossValidate(
            LabelledSequence.View(ml, LabelledSequence.Make(120)), ml.Regression.Trainers.Sequence(new Tcn { Channels = 8 }, Options), numberOfFolds: 2,
                labelColumnName: "Number");

        Assert.IsGreaterThan(0.9, folds.Average(fold => fold.Metrics.RSquared));
    }
}
