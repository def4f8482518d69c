using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Fitting;

namespace MLNet.Sequence.Tests.Rows;

/// <summary>Regression whose labels are vectors.</summary>
[TestClass]
public sealed class VectorRegressionTests
{
    private static readonly SequenceOptions Options = new()
    {
        LabelColumnName = "Target",
        Training = new TrainingOptions { Epochs = 20, LearningRate = 1e-2, BatchSize = 16, Monitor = "mae", Patience = null },
    };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void A_model_learns_predicts_saves_and_evaluates()
    {
        IDataView train = View(240, seed: 1), test = View(100, seed: 2);
        SequenceTrainer trainer = _ml.Regression.Trainers.Sequence(new Lstm { HiddenSize = 16 }, Options);

        EstimatorContract.Holds(_ml, trainer, train, "Score");
        using SequencePredictionTransformer model = trainer.Fit(train);
        IDataView scored = model.Transform(test);
        SequenceRegressionMetrics metrics = _ml.Regression.EvaluateSequence(scored, "Target");

        CollectionAssert.AreEqual(new[] { "Target[0]", "Target[1]" }, metrics.PerNumber.Select(number => number.Name).ToArray());
        foreach (NumberScores number in metrics.PerNumber)
            Assert.IsGreaterThan(0.9, number.RSquared, metrics.ToString());
        float[][] batch = [.. scored.GetColumn<float[]>("Score")];
        Assert.IsGreaterThan(50 * Spread(batch, 1), Spread(batch, 0), "Each in its own unit.");
        using PredictionEngine<TwoNumbers, VectorScore> engine = _ml.Model.CreatePredictionEngine<TwoNumbers, VectorScore>(
            model, new PredictionEngineOptions { OwnsTransformer = false });
        TwoNumbers[] rows = Rows(100, seed: 2);
        for (int i = 0; i < rows.Length; i++)
            Close.AssertEqual(Close.Doubles(batch[i]), Close.Doubles(engine.Predict(rows[i]).Score), 1e-4, $"row {i}");
    }

    [TestMethod]
    public void The_mae_in_the_report_is_in_the_labels_units()
    {
        IDataView data = View(120, seed: 1);
        using SequencePredictionTransformer model = _ml.Regression.Trainers.Sequence(
            new Lstm { HiddenSize = 8 }, Options with { ValidationSet = data, Training = Options.Training with { Epochs = 3 } }).Fit(data);

        double mae = _ml.Regression.EvaluateSequence(model.Transform(data), "Target").Overall.MeanAbsoluteError;
        Assert.AreEqual(mae, model.Model.Report.Epochs[model.Model.Report.BestEpoch - 1].Metrics["mae"], 1e-4 * mae);
    }

    [TestMethod]
    public void A_validation_set_of_other_size_or_form_is_refused()
    {
        IDataView pairs = View(30, seed: 1), singles = LabelledSequence.View(_ml, LabelledSequence.Make(30));
        singles = _ml.Transforms.CopyColumns("Target", "Number").Fit(singles).Transform(singles);

        Exception error = Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.Regression.Trainers.Sequence(new Lstm { HiddenSize = 2 }, Options with { ValidationSet = singles }).Fit(pairs));
        StringAssert.Contains(error.Message, "validation set's label column 'Target': expected a vector of 2 numbers, as in the training rows, got a number");
        EstimatorContract.Refuses(
            _ml.Regression.Trainers.Sequence(new Lstm(), Options with { LabelColumnName = "Features", FeatureColumnName = "Features" }), pairs,
                "label column 'Features'", "vector of known size");
    }

    [TestMethod]
    public void A_score_of_another_size_cannot_be_evaluated()
    {
        IDataView pairs = View(5, seed: 1);
        pairs = _ml.Transforms.Concatenate("Score", "Target", "Target").Fit(pairs).Transform(pairs);

        StringAssert.Contains(Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Regression.EvaluateSequence(pairs, "Target")).Message,
            "expected 2 numbers, as the label has, got 4");
    }

    private static double Spread(float[][] scores, int index) => scores.Max(score => score[index]) - scores.Min(score => score[index]);

    private IDataView View(int count, int seed) => _ml.Data.LoadFromEnumerable(Rows(count, seed));

    private static TwoNumbers[] Rows(int count, int seed) =>
        [.. LabelledSequence.Make(count, seed).Select(
            row => new TwoNumbers { Features = row.Features, Target = [row.Number, (row.Label == "ramp" ? 0.1f : 0) + row.Number / 10_000] })];

    private sealed class TwoNumbers
    {
        public float[] Features { get; set; } = [];

        [VectorType(2)]
        public float[] Target { get; set; } = [];
    }

    private sealed class VectorScore
    {
        public float[] Score { get; set; } = [];
    }
}
