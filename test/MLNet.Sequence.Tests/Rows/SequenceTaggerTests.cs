using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Fitting;

namespace MLNet.Sequence.Tests.Rows;

[TestClass]
public sealed class SequenceTaggerTests
{
    private static readonly SequenceTaggerOptions Options = new()
    {
        LabelColumnName = "Tags",
        Training = new TrainingOptions { Epochs = 12, LearningRate = 2e-2, BatchSize = 16, Monitor = "accuracy" },
    };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(TagDecoding.Steps, "Features")]
    [DataRow(TagDecoding.Chain, "Features")]
    [DataRow(TagDecoding.Chain, "Words")]
    public void A_model_learns_and_keeps_MLNets_contract_and_scores_the_same_everywhere(TagDecoding decoding, string column)
    {
        IDataView train = TaggedSequence.View(_ml, TaggedSequence.Make(150)), test = TaggedSequence.View(_ml, TaggedSequence.Make(60, seed: 2));
        SequenceTrainer trainer = _ml.MulticlassClassification.Trainers.SequenceTagger(
            new Lstm { HiddenSize = 16 }, Options with { Decoding = decoding, FeatureColumnName = column });
        EstimatorContract.Holds(_ml, trainer, train, "Scores");
        using SequencePredictionTransformer model = trainer.Fit(train);
        IDataView scored = model.Transform(test);

        SequenceTagMetrics metrics = _ml.MulticlassClassification.EvaluateSequenceTags(scored, "Tags");
        Assert.IsGreaterThan(0.9, metrics.F1, metrics.ToString());
        CollectionAssert.AreEqual(new[] { "down", "up" }, metrics.PerLabel.Select(label => label.Name).ToArray());
        TaggedSequence[] rows = TaggedSequence.Make(60, seed: 2);
        TagPrediction[] batch = [.. _ml.Data.CreateEnumerable<TagPrediction>(scored, reuseRowObject: false)];
        ITransformer words = _ml.Transforms.Conversion.MapValueToKey("Words").Fit(_ml.Data.LoadFromEnumerable(TaggedSequence.Make(200, seed: 77)));
        using PredictionEngine<TaggedSequence, TagPrediction> engine = _ml.Model.CreatePredictionEngine<TaggedSequence, TagPrediction>(
            words.Append(model), new PredictionEngineOptions { OwnsTransformer = false });
        for (int i = 0; i < rows.Length; i++)
        {
            TagPrediction single = engine.Predict(rows[i]);
            Assert.HasCount(rows[i].Tags.Length, single.PredictedLabels);
            Assert.HasCount(rows[i].Tags.Length * 5, single.Scores);
            CollectionAssert.AreEqual(batch[i].PredictedLabels, single.PredictedLabels);
            Close.AssertEqual(Close.Doubles(batch[i].Scores), Close.Doubles(single.Scores), 1e-4, $"row {i}");
            for (int step = 0; step < rows[i].Tags.Length; step++)
                Assert.AreEqual(1, single.Scores[(5 * step)..(5 * step + 5)].Sum(), 1e-5);
        }
    }

    [TestMethod]
    [DataRow(TagDecoding.Steps)]
    [DataRow(TagDecoding.Chain)]
    public void Without_MLNet_a_model_predicts_the_same(TagDecoding decoding)
    {
        TaggedSequence[] rows = TaggedSequence.Make(30);
        IDataView data = TaggedSequence.View(_ml, rows);
        using SequencePredictionTransformer model = _ml.MulticlassClassification.Trainers.SequenceTagger(
            new Gru { HiddenSize = 4 }, Options with { Decoding = decoding, Training = Options.Training with { Epochs = 2 } }).Fit(data);
        float[][] scores = [.. model.Transform(data).GetColumn<float[]>("Scores")];

        for (int row = 0; row < rows.Length; row++)
            Close.AssertEqual(Close.Doubles(scores[row]), Close.Doubles(model.Model.Predict(rows[row].Features)), 1e-5, $"row {row}");
    }

    [TestMethod]
    public void A_chain_learns_which_tag_follows_which()
    {
        // A step shows its span, but only its neighbour shows whether it is the first of the span.
        IDataView train = TaggedSequence.View(_ml, TaggedSequence.Make(200));
        using SequencePredictionTransformer model = _ml.MulticlassClassification.Trainers.SequenceTagger(
            new WindowMlp { Window = 1, HiddenSize = 8 }, Options with { Decoding = TagDecoding.Chain }).Fit(train);
        using SequencePredictionTransformer steps = _ml.MulticlassClassification.Trainers.SequenceTagger(
            new WindowMlp { Window = 1, HiddenSize = 8 }, Options).Fit(train);
        IDataView test = TaggedSequence.View(_ml, TaggedSequence.Make(60, seed: 2));

        double chained = _ml.MulticlassClassification.EvaluateSequenceTags(model.Transform(test), "Tags").TokenAccuracy;
        double alone = _ml.MulticlassClassification.EvaluateSequenceTags(steps.Transform(test), "Tags").TokenAccuracy;
        Assert.IsGreaterThan(0.97, chained);
        Assert.IsLessThan(0.9, alone);
    }

    [TestMethod]
    public void The_accuracy_in_the_report_is_that_of_the_evaluation()
    {
        IDataView train = TaggedSequence.View(_ml, TaggedSequence.Make(60)), valid = TaggedSequence.View(_ml, TaggedSequence.Make(40, seed: 3));
        using SequencePredictionTransformer model = _ml.MulticlassClassification.Trainers.SequenceTagger(
            new Gru { HiddenSize = 8 }, Options with { Decoding = TagDecoding.Chain, ValidationSet = valid, Training = Options.Training with { Epochs = 3 } })
                .Fit(train);

        double accuracy = _ml.MulticlassClassification.EvaluateSequenceTags(model.Transform(valid), "Tags").TokenAccuracy;
        Assert.AreEqual(accuracy, model.Model.Report.Epochs[model.Model.Report.BestEpoch - 1].Metrics["accuracy"], 1e-6);
    }

    [TestMethod]
    public void Predicted_labels_carry_the_values_of_the_tags()
    {
        IDataView train = TaggedSequence.View(_ml, TaggedSequence.Make(20));
        using SequencePredictionTransformer model = _ml.MulticlassClassification.Trainers.SequenceTagger(
            new Gru { HiddenSize = 2 }, Options with { Training = Options.Training with { Epochs = 1 } }).Fit(train);
        IDataView named = _ml.Transforms.Conversion.MapKeyToValue("Text", "PredictedLabels").Fit(model.Transform(train)).Transform(model.Transform(train));

        string[] tags = ["O", "B-up", "I-up", "B-down", "I-down"];
        Assert.IsTrue(named.GetColumn<string[]>("Text").All(row => row.All(tags.Contains)));
        VBuffer<ReadOnlyMemory<char>> values = default;
        model.GetOutputSchema(train.Schema)["Scores"].Annotations.GetValue("TrainingLabelValues", ref values);
        CollectionAssert.AreEquivalent(tags, values.DenseValues().Select(value => value.ToString()).ToArray());
    }

    [TestMethod]
    public void Sequences_of_no_steps_have_no_tags_where_that_is_allowed()
    {
        TaggedSequence[] rows = TaggedSequence.Make(20);
        (rows[3].Features, rows[3].Tags) = ([], []);
        IDataView data = TaggedSequence.View(_ml, rows);
        using SequencePredictionTransformer model = _ml.MulticlassClassification.Trainers.SequenceTagger(new Gru { HiddenSize = 2 }, Options with
        {
            EmptySequences = EmptySequences.Skip,
            Decoding = TagDecoding.Chain,
            Training = Options.Training with { Epochs = 1, ValidationFraction = 0 },
        }).Fit(data);

        Assert.AreEqual(19, model.Model.Report.TrainingExamples);
        TagPrediction[] found = [.. _ml.Data.CreateEnumerable<TagPrediction>(model.Transform(data), reuseRowObject: false)];
        Assert.IsEmpty(found[3].PredictedLabels);
        Assert.IsEmpty(found[3].Scores);
        Assert.AreEqual(19, _ml.MulticlassClassification.EvaluateSequenceTags(model.Transform(data), "Tags").Count);
    }
}
