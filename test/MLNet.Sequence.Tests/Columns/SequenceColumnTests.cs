using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Rows;

namespace MLNet.Sequence.Tests.Columns;

/// <summary>The forms in which a row may hold its sequence.</summary>
[TestClass]
public sealed class SequenceColumnTests
{
    private static readonly SequenceOptions Options =
        new() { LabelColumnName = "Number", Training = new TrainingOptions { Epochs = 2, ValidationFraction = 0, BatchSize = 8 } };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Wide_scalars_flat_vectors_and_shaped_vectors_give_the_same_model()
    {
        LabelledSequence[] rows = Fixed(steps: 8, features: 2);
        IDataView shaped = LabelledSequence.View(_ml, rows, 8, 2), flat = LabelledSequence.View(_ml, rows, 16), variable = LabelledSequence.View(_ml, rows);
        string[] names = [.. Enumerable.Range(0, 16).Select(i => $"v{i}")];
        IEstimator<ITransformer> slots = _ml.Transforms.CopyColumns("Copy", "Features");
        for (int i = 0; i < 16; i++)
        {
            int slot = i;
            slots = slots.Append(_ml.Transforms.CustomMapping<LabelledSequence, OneSlot>((row, one) => one.Slot = row.Features[slot], null))
                .Append(_ml.Transforms.CopyColumns(names[i], "Slot"));
        }

        float[] expected = Scores(shaped, Options);

        Assert.HasCount(2, ((SequenceRowTask)Fit(shaped, Options).Model.Task).Input.FeatureNames);
        CollectionAssert.AreEqual(expected, Scores(flat, Options with { Features = 2 }));
        CollectionAssert.AreEqual(expected, Scores(variable, Options with { Features = 2 }));
        CollectionAssert.AreEqual(expected, Scores(slots.Fit(variable).Transform(variable), Options with { FeatureColumnNames = names, Features = 2 }));
    }

    [TestMethod]
    public void Vectors_of_doubles_and_integers_are_read()
    {
        LabelledSequence[] rows = Fixed(8, 1);
        foreach (LabelledSequence row in rows)
            row.Features = [.. row.Features.Select(value => MathF.Round(value))];
        IDataView Typed<T>(Func<float, T> convert) =>
            _ml.Data.LoadFromEnumerable(rows.Select(row => new TypedSequence<T> { Number = row.Number, Features = [.. row.Features.Select(convert)] }));
        float[] expected = Scores(LabelledSequence.View(_ml, rows), Options);

        CollectionAssert.AreEqual(expected, Scores(Typed(value => (double)value), Options));
        CollectionAssert.AreEqual(expected, Scores(Typed(value => (int)value), Options));
        CollectionAssert.AreEqual(expected, Scores(Typed(value => (byte)value), Options));
    }

    [TestMethod]
    public void Features_are_standardised_over_the_training_rows()
    {
        using SequencePredictionTransformer model = Fit(LabelledSequence.View(_ml, Fixed(8, 2), 8, 2), Options);

        ValueList<double> mean = model.Model.Scaling.Pooled.Mean;
        Assert.AreEqual(mean[0] + 3, mean[1], 3, "The second feature is twice the first in its noise and shape.");
        Assert.IsEmpty(model.Model.Scaling.BySeries);
    }

    [TestMethod]
    public void Missing_values_are_put_on_a_line_between_their_neighbours()
    {
        LabelledSequence[] rows = Fixed(8, 1), holes = Fixed(8, 1);
        foreach (LabelledSequence row in holes)
            (row.Features[0], row.Features[3], row.Features[4]) = (float.NaN, float.NaN, float.NaN);
        foreach (LabelledSequence row in rows)
            (row.Features[0], row.Features[3], row.Features[4]) = (row.Features[1], (2 * row.Features[2] + row.Features[5]) / 3,
                (row.Features[2] + 2 * row.Features[5]) / 3);

        float[] expected = Scores(LabelledSequence.View(_ml, rows), Options),
            found = Scores(LabelledSequence.View(_ml, holes), Options with { MissingValues = MissingValues.Interpolate });

        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], found[i], 1e-3 * Math.Abs(expected[i]));
    }

    [TestMethod]
    public void A_feature_without_any_value_in_a_row_takes_its_mean()
    {
        LabelledSequence[] rows = Fixed(8, 2);
        for (int i = 1; i < 16; i += 2)
            rows[3].Features[i] = float.NaN;

        float[] scores = Scores(LabelledSequence.View(_ml, rows), Options with { Features = 2, MissingValues = MissingValues.Interpolate });

        Assert.IsTrue(scores.All(float.IsFinite));
    }

    [TestMethod]
    public void Empty_sequences_are_skipped_in_training_and_scored_as_NaN_if_requested()
    {
        LabelledSequence[] rows = LabelledSequence.Make(30);
        rows[4].Features = [];
        IDataView data = LabelledSequence.View(_ml, rows);
        IDataView keyed = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
        using SequencePredictionTransformer model = _ml.MulticlassClassification.Trainers.Sequence(
            new Lstm { HiddenSize = 4 }, Options with { LabelColumnName = "Label", EmptySequences = EmptySequences.Skip }).Fit(keyed);

        Assert.AreEqual(29, model.Model.Report.TrainingExamples);
        IDataView scored = model.Transform(keyed);
        Assert.IsTrue(scored.GetColumn<float[]>("Score").ElementAt(4).All(float.IsNaN));
        Assert.AreEqual(0u, scored.GetColumn<uint>("PredictedLabel").ElementAt(4));
        Assert.IsTrue(scored.GetColumn<float[]>("Score").Where((_, row) => row != 4).All(score => score.All(float.IsFinite)));
    }

    [TestMethod]
    public void A_skipped_sequence_is_left_out_of_an_evaluation_of_yes_and_no()
    {
        LabelledSequence[] rows = LabelledSequence.Make(30);
        rows[4].Features = [];
        IDataView data = LabelledSequence.View(_ml, rows);
        using SequencePredictionTransformer model = _ml.BinaryClassification.Trainers.Sequence(
            new Lstm { HiddenSize = 4 }, Options with { LabelColumnName = "Yes", EmptySequences = EmptySequences.Skip }).Fit(data);

        SequenceClassificationMetrics metrics = _ml.BinaryClassification.EvaluateSequence(model.Transform(data), "Yes");
        Assert.IsTrue(double.IsFinite(metrics.LogLoss));
        Assert.AreEqual(1, metrics.LeftOut);
    }

    [TestMethod]
    public void Rows_of_weight_0_are_left_out_and_weights_count_in_the_loss()
    {
        LabelledSequence[] rows = Fixed(8, 1);
        for (int i = 0; i < rows.Length; i++)
            rows[i].Weight = i % 3;
        using SequencePredictionTransformer model = Fit(LabelledSequence.View(_ml, rows), Options with { ExampleWeightColumnName = "Weight" });

        Assert.AreEqual(16, model.Model.Report.TrainingExamples);
        CollectionAssert.AreNotEqual(Scores(LabelledSequence.View(_ml, rows), Options),
            Scores(LabelledSequence.View(_ml, rows), Options with { ExampleWeightColumnName = "Weight" }));
    }

    [TestMethod]
    public void Longer_sequences_than_in_training_can_be_scored()
    {
        using SequencePredictionTransformer model = Fit(LabelledSequence.View(_ml, Fixed(8, 1), 8), Options);
        LabelledSequence[] longer = LabelledSequence.Make(5);

        Assert.IsTrue(model.Transform(LabelledSequence.View(_ml, longer)).GetColumn<float>("Score").All(float.IsFinite));
    }

    private static LabelledSequence[] Fixed(int steps, int features)
    {
        LabelledSequence[] rows = LabelledSequence.Make(24, features: features);
        foreach (LabelledSequence row in rows)
            row.Features = row.Features[..(steps * features)];
        return rows;
    }

    private float[] Scores(IDataView data, SequenceOptions options)
    {
        using SequencePredictionTransformer model = Fit(data, options with { Training = options.Training with { Seed = 3 } });
        return [.. model.Transform(data).GetColumn<float>("Score")];
    }

    private SequencePredictionTransformer Fit(IDataView data, SequenceOptions options) =>
        _ml.Regression.Trainers.Sequence(new Lstm { HiddenSize = 4 }, options).Fit(data);

    private sealed class TypedSequence<T>
    {
        public float Number { get; set; }

        public T[] Features { get; set; } = [];
    }

    private sealed class OneSlot
    {
        public float Slot { get; set; }
    }
}
