using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Rows;
using MLNet.Sequence.Tests.Columns;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Tests.Rows;

[TestClass]
public sealed class BadSequenceTests
{
    private static readonly SequenceOptions Options = new() { Training = new TrainingOptions { Epochs = 1, ValidationFraction = 0 } };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Truncated_training_of_an_architecture_that_reads_ahead_is_refused()
    {
        var options = new SequenceOptions { Training = new TrainingOptions { Truncation = 4 } };
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => new MLContext().Regression.Trainers.Sequence(new Bidirectional(), options));
        StringAssert.Contains(error.Message, "Training.Truncation must be null if the architecture is not causal; found 4 with Bidirectional");
    }

    [TestMethod]
    public void All_problems_of_the_options_come_in_one_message()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(
            () => _ml.Regression.Trainers.Sequence(new Lstm { HiddenSize = 0 }, new SequenceOptions
            {
                Features = 0,
                LabelSmoothing = 1,
                FocalGamma = -1,
                ClassWeights = ClassWeights.Given(new Dictionary<string, double> { ["a"] = 0 }),
                ScoreColumnName = "PredictedLabel",
                FeatureColumnNames = ["x", "x"],
                Training = new TrainingOptions { Epochs = 0 },
            }));

        foreach (string part in new[] { "Features must be at least 1; found 0", "LabelSmoothing must be in [0, 1); found 1",
            "FocalGamma must be 0 or above; found -1", "exclude each other", "FocalGamma has no meaning", "found 0 for 'a'", "must be three names",
            "'x' is named 2 times", "ClassWeights has no meaning", "Training.Epochs", "Lstm.HiddenSize" })
            StringAssert.Contains(error.Message, part);
    }

    [TestMethod]
    public void A_metric_that_the_task_does_not_have_is_refused_with_those_that_it_has_before_there_is_data()
    {
        var training = new TrainingOptions { Monitor = "f1" };
        SequenceOptions options = new() { Training = training };
        foreach ((Func<object> make, string known) in new (Func<object>, string)[]
        {
            (() => _ml.MulticlassClassification.Trainers.Sequence(new Lstm(), options), "one of loss, accuracy"),
            (() => _ml.BinaryClassification.Trainers.Sequence(new Lstm(), options), "one of loss, accuracy"),
            (() => _ml.MulticlassClassification.Trainers.SequenceTagger(new Lstm(), new SequenceTaggerOptions { Training = training }),
                "one of loss, accuracy"),
            (() => _ml.Regression.Trainers.Sequence(new Lstm(), options), "one of loss, mae"),
            (() => _ml.Forecasting.Trainers.Sequence(new Lstm(), new ForecastingOptions { Targets = ["Load"], Training = training }), "one of loss, mae"),
            (() => _ml.Sequence.Trainers.NextStep(new Lstm(), new NextStepOptions { Kind = StepKind.Real, Training = training }), "loss"),
        })
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(make).Message, $"Training.Monitor must be {known}; found 'f1'.");
    }

    [TestMethod]
    public void The_metrics_that_trainers_offer_are_those_of_their_objectives()
    {
        Assert.AreEqual(new MulticlassGoal().Metric, new ClassificationObjective(0).Metrics.Single());
        Assert.AreEqual(new BinaryGoal().Metric, new BinaryObjective(0).Metrics.Single());
        Assert.AreEqual(new TaggingGoal(TagDecoding.Steps).Metric, new TaggingObjective(2, null).Metrics.Single());
        Assert.AreEqual(new RegressionGoal().Metric, new RegressionObjective(ChannelScaling.None(1)).Metrics.Single());
    }

    [TestMethod]
    public void A_missing_label_stops_training_before_it_starts_and_scoring_never()
    {
        IDataView data = Keyed(LabelledSequence.Make(30)), without = _ml.Transforms.DropColumns("Label").Fit(data).Transform(data);
        SequenceTrainer trainer = _ml.MulticlassClassification.Trainers.Sequence(new Lstm { HiddenSize = 2 }, Options);

        StringAssert.Contains(Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Fit(without)).Message, "Could not find label column 'Label'");
        StringAssert.Contains(Assert.Throws<ArgumentOutOfRangeException>(() => trainer.GetOutputSchema(PromisedSchema.Of(without.Schema))).Message,
            "Could not find label column 'Label'");
        using SequencePredictionTransformer model = trainer.Fit(data);
        Assert.HasCount(30, model.Transform(without).GetColumn<float[]>("Score").ToArray());
    }

    [TestMethod]
    public void Labels_of_the_wrong_type_are_refused_by_every_task()
    {
        IDataView data = LabelledSequence.View(_ml, LabelledSequence.Make(30));
        foreach ((SequenceTrainer trainer, string expected) in new[]
        {
            (_ml.MulticlassClassification.Trainers.Sequence(new Lstm(), Options), "expected a key of known count"),
            (_ml.BinaryClassification.Trainers.Sequence(new Lstm(), Options), "expected Boolean"),
            (_ml.Regression.Trainers.Sequence(new Lstm(), Options), "expected Single, Double or an integer type"),
        })
        {
            string found = Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Fit(data)).Message;
            StringAssert.Contains(found, "Schema mismatch for label column 'Label': " + expected);
            StringAssert.Contains(found, "got String");
            Assert.Throws<ArgumentOutOfRangeException>(() => trainer.GetOutputSchema(PromisedSchema.Of(data.Schema)));
        }
    }

    [TestMethod]
    public void Sequence_columns_of_the_wrong_type_are_refused()
    {
        IDataView data = LabelledSequence.View(_ml, LabelledSequence.Make(30));
        string Error(SequenceOptions options) => Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.Regression.Trainers.Sequence(new Lstm(), options with { LabelColumnName = "Number" }).Fit(data)).Message;

        StringAssert.Contains(Error(Options with { FeatureColumnName = "Weight" }), "sequence column 'Weight': expected a vector of Single");
        StringAssert.Contains(Error(Options with { FeatureColumnName = "Feature" }),
            "Could not find sequence column 'Feature'. The nearest names in the data: 'Features'");
        StringAssert.Contains(Error(Options with { FeatureColumnNames = ["Features"] }), "sequence column 'Features': expected Single");
        StringAssert.Contains(Error(Options with { ExampleWeightColumnName = "Label" }), "example weight column 'Label'");
    }

    [TestMethod]
    public void A_vector_that_is_no_multiple_of_the_features_is_named_with_its_row()
    {
        LabelledSequence[] rows = LabelledSequence.Make(30);
        rows[6].Features = new float[9];
        SequenceOptions options = Options with { LabelColumnName = "Number", Features = 1 };
        foreach (LabelledSequence row in rows.Where((_, i) => i != 6))
            row.Features = row.Features[..8];

        StringAssert.Contains(FitError(rows, options with { Features = 4 }), "'Features' has 9 values in row 7: not a multiple of Features = 4");
        string size = Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Regression.Trainers.Sequence(new Lstm(), options with { Features = 3 })
            .Fit(LabelledSequence.View(_ml, rows, 8))).Message;
        StringAssert.Contains(size, "a multiple of Features = 3");
        string shape = Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Regression.Trainers.Sequence(new Lstm(), options with { Features = 4 })
            .Fit(LabelledSequence.View(_ml, rows, 4, 2))).Message;
        StringAssert.Contains(shape, "Features = 4 values per step");
    }

    [TestMethod]
    public void Missing_infinite_and_empty_values_are_named_with_row_and_column()
    {
        SequenceOptions options = Options with { LabelColumnName = "Number" };
        string Error(Action<LabelledSequence> spoil)
        {
            LabelledSequence[] rows = LabelledSequence.Make(30);
            spoil(rows[11]);
            return FitError(rows, options);
        }

        StringAssert.Contains(Error(row => row.Features[2] = float.NaN), "column 'Features' is missing (NaN) in row 12 at step 3");
        StringAssert.Contains(Error(row => row.Features[2] = float.PositiveInfinity), "column 'Features' is infinite in row 12 at step 3");
        StringAssert.Contains(Error(row => row.Features = []), "'Features' has no steps in row 12");
        StringAssert.Contains(Error(row => row.Number = float.NaN), "The label 'Number' is missing or infinite in row 12");
        options = options with { ExampleWeightColumnName = "Weight" };
        StringAssert.Contains(Error(row => row.Weight = -1), "example weight 'Weight' must be 0 or above; found -1 in row 12");
    }

    [TestMethod]
    public void A_transformer_is_built_for_no_number_of_positions_and_takes_sequences_of_any_length()
    {
        IDataView data = Keyed(LabelledSequence.Make(60));
        using SequencePredictionTransformer model = _ml.MulticlassClassification.Trainers.Sequence(
            new Transformer { Channels = 8, Layers = 1, Heads = 2 }, new SequenceOptions { Training = new TrainingOptions { Epochs = 1 } }).Fit(data);
        LabelledSequence[] rows = LabelledSequence.Make(2);
        rows[1].Features = [.. Enumerable.Repeat(rows[1].Features, 40).SelectMany(values => values)];

        Assert.IsGreaterThan(300, rows[1].Features.Length);
        Assert.IsLessThan(25, model.Model.Task.ContextLength);
        foreach (float[] score in model.Transform(Keyed(rows)).GetColumn<float[]>("Score"))
            Assert.AreEqual(1, score.Sum(), 1e-5);
    }

    [TestMethod]
    public void Rows_of_one_class_are_refused()
    {
        StringAssert.Contains(
            Assert.Throws<InvalidOperationException>(() => Multiclass().Fit(Keyed(LabelledSequence.Make(30, shapes: 1)))).Message,
            "All 30 training rows have the label 'bump': a classifier needs at least two classes.");
    }

    [TestMethod]
    public void A_class_in_the_validation_set_only_is_refused()
    {
        IDataView all = Keyed(LabelledSequence.Make(30));
        IDataView train = _ml.Data.FilterRowsByKeyColumnFraction(all, "Label", 0, 0.6);

        StringAssert.Contains(
            Assert.Throws<InvalidOperationException>(() => Multiclass(Options with { ValidationSet = all }).Fit(train)).Message,
            "The validation set has rows of classes that no training row has: 'wave'.");
    }

    [TestMethod]
    public void A_validation_set_whose_keys_mean_other_values_is_refused()
    {
        IDataView train = Keyed(LabelledSequence.Make(30)), other = Keyed([.. LabelledSequence.Make(30).Reverse()]);

        StringAssert.Contains(
            Assert.Throws<ArgumentOutOfRangeException>(() => Multiclass(Options with { ValidationSet = other }).Fit(train)).Message,
            "validation set's label column 'Label': expected Key<UInt32, 0-2> (bump, ramp, wave), as in the training rows, got Key<UInt32, 0-2> "
                + "(wave, ramp, bump)");
    }

    [TestMethod]
    public void Weights_of_classes_that_there_are_not_are_refused()
    {
        SequenceOptions options = Options with { ClassWeights = ClassWeights.Given(new Dictionary<string, double> { ["bumb"] = 2 }) };

        StringAssert.Contains(Assert.Throws<ArgumentException>(() => Multiclass(options).Fit(Keyed(LabelledSequence.Make(30)))).Message,
            "classes that the label does not have: 'bumb'. It has: bump, ramp, wave.");
    }

    private SequenceTrainer Multiclass(SequenceOptions? options = null) =>
        _ml.MulticlassClassification.Trainers.Sequence(new Lstm { HiddenSize = 2 }, options ?? Options);

    private IDataView Keyed(LabelledSequence[] rows)
    {
        IDataView data = LabelledSequence.View(_ml, rows);
        return _ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
    }

    private string FitError(LabelledSequence[] rows, SequenceOptions options) => Assert.Throws<InvalidOperationException>(
        () => _ml.Regression.Trainers.Sequence(new Lstm { HiddenSize = 2 }, options).Fit(LabelledSequence.View(_ml, rows))).Message;
}
