using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.NextSteps;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Rows;

/// <summary>The common behaviour of the trainers of all tasks.</summary>
[TestClass]
public sealed class SequenceTrainerTests
{
    private static readonly TrainingOptions Unseeded = new() { Epochs = 1, ValidationFraction = 0.2 };

    private readonly MLContext _ml = new();

    [TestMethod]
    public void The_same_estimator_fitted_twice_gives_the_same_weights_for_every_task()
    {
        IDataView rows = LabelledSequence.View(_ml, LabelledSequence.Make(30)),
            keyed = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows).Transform(rows);
        IDataView tagged = TaggedSequence.View(_ml, TaggedSequence.Make(20)), steps = StepSequence.View(_ml, StepSequence.Waves(20));
        var options = new SequenceOptions { Training = Unseeded };
        var gru = new Gru { HiddenSize = 2 };
        FitsTheSame(_ml.MulticlassClassification.Trainers.Sequence(gru, options), keyed);
        FitsTheSame(_ml.BinaryClassification.Trainers.Sequence(gru, options with { LabelColumnName = "Yes" }), rows);
        FitsTheSame(_ml.Regression.Trainers.Sequence(gru, options with { LabelColumnName = "Number" }), rows);
        FitsTheSame(_ml.MulticlassClassification.Trainers.SequenceTagger(
            gru, new SequenceTaggerOptions { LabelColumnName = "Tags", Training = Unseeded }), tagged);
        FitsTheSame(_ml.Sequence.Trainers.NextStep(gru, new NextStepOptions { Kind = StepKind.Real, Features = 2, Training = Unseeded }), steps);
        FitsTheSame(_ml.Forecasting.Trainers.Sequence(gru, Options with { Training = Unseeded }), View(_ml, Steps(60)));
    }

    [TestMethod]
    public void Two_estimators_without_a_seed_start_from_different_weights()
    {
        IDataView rows = LabelledSequence.View(_ml, LabelledSequence.Make(30));
        using SequencePredictionTransformer first = Regression().Fit(rows), second = Regression().Fit(rows);

        CollectionAssert.AreNotEqual(Bits(first.Model), Bits(second.Model));
    }

    [TestMethod]
    public void Columns_that_an_output_would_hide_are_refused()
    {
        string Problem(Func<object> make) => Assert.ThrowsExactly<ArgumentException>(make).Message;
        var gru = new Gru { HiddenSize = 2 };

        StringAssert.Contains(Problem(() => _ml.Regression.Trainers.Sequence(gru, new SequenceOptions { LabelColumnName = "Score" })),
            "The column 'Score' is read");
        StringAssert.Contains(Problem(() => _ml.BinaryClassification.Trainers.Sequence(gru, new SequenceOptions { LabelColumnName = "Probability" })),
            "The column 'Probability' is read");
        StringAssert.Contains(Problem(() => _ml.MulticlassClassification.Trainers.Sequence(gru, new SequenceOptions { FeatureColumnName = "PredictedLabel" })),
            "The column 'PredictedLabel' is read");
        StringAssert.Contains(Problem(() => _ml.Regression.Trainers.Sequence(gru, new SequenceOptions { ExampleWeightColumnName = "Score" })),
            "The column 'Score' is read");
        StringAssert.Contains(
            Problem(() => _ml.MulticlassClassification.Trainers.SequenceTagger(gru, new SequenceTaggerOptions { LabelColumnName = "PredictedLabels" })),
            "The column 'PredictedLabels' is read");
        // A regression adds no probability column.
        _ml.Regression.Trainers.Sequence(gru, new SequenceOptions { LabelColumnName = "Probability" });
    }

    [TestMethod]
    public void The_message_says_that_all_rows_are_left_out_for_their_weight()
    {
        LabelledSequence[] rows = LabelledSequence.Make(12);
        foreach (LabelledSequence row in rows)
            row.Weight = 0;
        SequenceOptions options = new() { LabelColumnName = "Number", ExampleWeightColumnName = "Weight", Training = Unseeded };
        string Refused(SequenceOptions with, LabelledSequence[] train) => Assert.Throws<InvalidOperationException>(() =>
            _ml.Regression.Trainers.Sequence(new Gru { HiddenSize = 2 }, with).Fit(LabelledSequence.View(_ml, train))).Message;

        StringAssert.Contains(Refused(options, rows), "The data has no rows to train on: the example weight 'Weight' is 0 in all 12");
        StringAssert.Contains(Refused(options with { ValidationSet = LabelledSequence.View(_ml, rows) }, LabelledSequence.Make(12)),
            "The validation set has no rows to validate on: the example weight");
        foreach (LabelledSequence row in rows)
            (row.Weight, row.Features) = (1, []);
        StringAssert.Contains(Refused(options with { EmptySequences = EmptySequences.Skip }, rows), "12 have too few steps");
    }

    [TestMethod]
    public void For_a_numeric_yes_or_no_the_message_names_the_conversion_to_Boolean_which_works()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(
            LabelledSequence.Make(12).Select(row => new Numbered { Label = row.Yes ? 1 : 0, Features = row.Features }));
        SequenceTrainer trainer = _ml.BinaryClassification.Trainers.Sequence(new Gru { HiddenSize = 2 }, new SequenceOptions { Training = Unseeded });

        StringAssert.Contains(Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Fit(rows)).Message, "ml.Transforms.Conversion.ConvertType");
        _ml.Transforms.Conversion.ConvertType("Label", outputKind: DataKind.Boolean).Append(trainer).Fit(rows).Dispose();
    }

    [TestMethod]
    public void Differences_that_Single_loses_and_features_of_one_value_cause_a_warning()
    {
        var warnings = new List<string>();
        _ml.Log += (_, line) => warnings.AddRange(
            line.Message.Contains("differences are lost") || line.Message.Contains("nothing can be learnt") ? [line.Message] : []);
        void Train(float level, float number) =>
            _ml.Regression.Trainers.Sequence(new Gru { HiddenSize = 2 },
                new SequenceOptions { Features = 2, LabelColumnName = "Number", Training = Unseeded }).Fit(
            LabelledSequence.View(
                _ml, Enumerable.Range(0, 20).Select(i =>
                new LabelledSequence { Number = number + 40 * (i % 8), Features = [level + 40 * (i % 8), i % 3, level + 40 * (i % 7), i % 5] }))).Dispose();

        Train(0, 0);
        Assert.IsEmpty(warnings);
        Train(1.7e9f, 0);
        StringAssert.Contains(warnings.Single(), "'Features[feature 0]' are around 1.7E+09, where Single, their type, holds only numbers 128 apart");
        warnings.Clear();
        Train(0, 1.7e9f);
        StringAssert.Contains(warnings.Single(), "'Number' are around 1.7E+09");
        warnings.Clear();
        _ml.Sequence.Trainers.NextStep(new Gru { HiddenSize = 2 }, new NextStepOptions { Kind = StepKind.Real, Features = 2, Training = Unseeded })
            .Fit(StepSequence.View(_ml, StepSequence.Waves(20)
                .Select(row => new StepSequence { Features = [.. row.Features.Select((value, i) => i % 2 == 0 ? value : 7)] }))).Dispose();
        StringAssert.Contains(warnings.Single(), "'Features[feature 1]' has one value, 7, in all rows");
    }

    [TestMethod]
    [DataRow(TagDecoding.Steps)]
    [DataRow(TagDecoding.Chain)]
    public void A_tagged_row_of_weight_2_counts_as_two_rows(TagDecoding decoding)
    {
        TaggedSequence[] rows = TaggedSequence.Make(8), twice = [.. rows, .. rows[..3]];
        // One batch, so the order of rows does not matter.
        var options = new SequenceTaggerOptions
        {
            LabelColumnName = "Tags",
            FeatureColumnName = "Words",
            Decoding = decoding,
            Training = new TrainingOptions { Epochs = 3, Seed = 1, BatchSize = 64, ValidationFraction = 0, LearningRate = 1e-2 }
        };
        IDataView Weighed(TaggedSequence[] from, int heavy) => _ml.Transforms.CustomMapping<OnlyFeatures, Weighed>(
            (row, weighed) => weighed.Weight = Array.IndexOf(rows, rows.First(one => one.Features.SequenceEqual(row.Features))) < heavy ? 2 : 1, null)
            .Fit(TaggedSequence.View(_ml, from)).Transform(TaggedSequence.View(_ml, from));
        SequencePredictionTransformer Fit(SequenceTaggerOptions with, IDataView data) =>
            _ml.MulticlassClassification.Trainers.SequenceTagger(new Gru { HiddenSize = 3 }, with).Fit(data);

        // Words are not scaled, so no mean over rows depends on the repeated ones.
        using SequencePredictionTransformer repeated = Fit(options, Weighed(twice, 0)),
            weighed = Fit(options with { ExampleWeightColumnName = "Weight" }, Weighed(rows, 3)), plain = Fit(options, Weighed(rows, 0));

        double[] Values(SequencePredictionTransformer model) => [.. model.Model.Weights.SelectMany(weight => weight.Values).Select(value => (double)value)];
        Assert.IsLessThan(Distance(Values(repeated), Values(plain)) / 20, Distance(Values(repeated), Values(weighed)));
    }

    [TestMethod]
    public void Weights_of_steps_are_refused_where_whole_sequences_are_learnt()
    {
        void Refuses(SequenceTaggerOptions options) => StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => _ml.MulticlassClassification.Trainers.SequenceTagger(new Gru(), options)).Message,
                "TagDecoding.Chain learns whole sequences");

        Refuses(new SequenceTaggerOptions { Decoding = TagDecoding.Chain, FocalGamma = 2 });
        Refuses(new SequenceTaggerOptions { Decoding = TagDecoding.Chain, ClassWeights = ClassWeights.Balanced });
        _ml.MulticlassClassification.Trainers.SequenceTagger(new Gru(), new SequenceTaggerOptions { FocalGamma = 2, ClassWeights = ClassWeights.Balanced });
    }

    private static double Distance(double[] first, double[] second) => Math.Sqrt(first.Zip(second, (a, b) => (a - b) * (a - b)).Sum());

    private SequenceTrainer Regression() => _ml.Regression.Trainers.Sequence(
        new Gru { HiddenSize = 2 }, new SequenceOptions { LabelColumnName = "Number", Training = Unseeded });

    private static void FitsTheSame<T>(IEstimator<T> trainer, IDataView data)
        where T : SequenceTransformer
    {
        using T first = trainer.Fit(data), second = trainer.Fit(data);
        CollectionAssert.AreEqual(Bits(first.Model), Bits(second.Model), first.Model.Task.GetType().Name);
    }

    private sealed class OnlyFeatures
    {
        public float[] Features { get; set; } = [];
    }

    private sealed class Weighed
    {
        public float Weight { get; set; }
    }

    private sealed class Numbered
    {
        public float Label { get; set; }

        public float[] Features { get; set; } = [];
    }
}
