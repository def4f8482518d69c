using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace MLNet.Sequence.Tests.Rows;

/// <summary>ML.NET's own tools for trainers and fitted predictors accept those for rows of sequences.</summary>
[TestClass]
public sealed class MlNetToolTests
{
    private const int Steps = 6;

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Permutation_feature_importance_of_a_regression_finds_the_steps_that_decide()
    {
        (IDataView rows, SequencePredictionTransformer model) = Fitted();
        using (model)
        {
            ImmutableArray<RegressionMetricsStatistics> found = _ml.Regression.PermutationFeatureImportance(model, model.Transform(rows), permutationCount: 3);
            double[] lost = [.. found.Select(step => -step.RSquared.Mean)];
            Assert.HasCount(Steps, lost);
            // R² falls by twice the share of the variance that a step explains: 4/5 and 1/5.
            Assert.AreEqual(1.6, lost[5], 0.2);
            Assert.AreEqual(0.4, lost[3], 0.1);
            Assert.IsTrue(lost.Where((_, step) => step is not (3 or 5)).All(value => Math.Abs(value) < 0.01), string.Join(", ", lost));
        }
    }

    [TestMethod]
    public void Of_a_chain_it_takes_the_last_transformer()
    {
        IDataView rows = Rows();
        var chain = _ml.Transforms.CopyColumns("Steps", "Features").Append(_ml.Regression.Trainers.Sequence(new Ridge { Lags = Steps },
            new SequenceOptions { FeatureColumnName = "Steps", Pooling = PoolingKind.LastStep })).Fit(rows);
        ImmutableArray<RegressionMetricsStatistics> found =
            _ml.Regression.PermutationFeatureImportance(chain.LastTransformer, chain.Transform(rows), permutationCount: 2);
        Assert.AreEqual(found[5], found.MinBy(step => step.RSquared.Mean));
    }

    [TestMethod]
    public void A_model_of_single_values_says_what_to_do()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(Make().Select(row => new { A = row.Features[0], B = row.Features[5], row.Label }));
        using SequencePredictionTransformer model = _ml.Regression.Trainers.Sequence(new Ridge { Lags = 2 },
            new SequenceOptions { FeatureColumnNames = ["A", "B"], Pooling = PoolingKind.LastStep }).Fit(rows);
        string message = Assert.ThrowsExactly<NotSupportedException>(
            () => _ml.Regression.PermutationFeatureImportance(model, model.Transform(rows))).Message;
        StringAssert.Contains(message, "ml.Transforms.Concatenate");
    }

    [TestMethod]
    public void A_calibrator_and_a_threshold_follow_a_model()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(Make().Select(row => new Choice { Features = row.Features, Label = row.Label > 0 }));
        var chain = _ml.BinaryClassification.Trainers.Sequence(new LinearOnStatistics(), new SequenceOptions { Pooling = PoolingKind.LastStep })
            .Append(_ml.BinaryClassification.Calibrators.Platt())
            .Append(_ml.Transforms.Expression("Yes", "p => p > 0.3f", "Probability"));
        IDataView scored = chain.Fit(rows).Transform(rows);
        float[] probabilities = [.. scored.GetColumn<float>("Probability")];
        CollectionAssert.AreEqual(probabilities.Select(probability => probability > 0.3f).ToArray(), scored.GetColumn<bool>("Yes").ToArray());
        Assert.AreEqual(scored.GetColumn<bool>("Label").Average(label => label ? 1.0 : 0), probabilities.Average(), 0.05);
    }

    [TestMethod]
    public void Trainers_of_rows_are_trainers_of_MLNet()
    {
        SequenceTrainer trainer = _ml.Regression.Trainers.Sequence(new Ridge());
        Assert.IsInstanceOfType<ITrainerEstimator<ISingleFeaturePredictionTransformer<object>, object>>(trainer);
        Assert.IsFalse(trainer.Info.NeedNormalization);
    }

    private (IDataView Rows, SequencePredictionTransformer Model) Fitted()
    {
        IDataView rows = Rows();
        var options = new SequenceOptions { Pooling = PoolingKind.LastStep };
        return (rows, _ml.Regression.Trainers.Sequence(new Ridge { Lags = Steps }, options).Fit(rows));
    }

    private IDataView Rows() => _ml.Data.LoadFromEnumerable(Make());

    private static Row[] Make()
    {
        var random = new RandomStream(1);
        return [.. Enumerable.Range(0, 400).Select(_ =>
        {
            float[] steps = [.. Enumerable.Range(0, Steps).Select(_ => (float)random.NextNormal())];
            return new Row { Features = steps, Label = 2 * steps[5] + steps[3] };
        })];
    }

    private sealed class Choice
    {
        [VectorType(Steps)]
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }
    }

    private sealed class Row
    {
        [VectorType(Steps)]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
