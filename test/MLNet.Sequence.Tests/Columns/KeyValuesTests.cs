using Microsoft.ML;
using Microsoft.ML.Data;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Columns;

/// <summary>Keys are identified by their values, of any type.</summary>
[TestClass]
public sealed class KeyValuesTests
{
    private static readonly float[][] Probabilities = [[0.7f, 0.2f, 0.1f], [0.1f, 0.6f, 0.3f], [0.25f, 0.25f, 0.5f], [0.5f, 0.3f, 0.2f]];

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Classes_whose_keys_are_numbered_differently_are_evaluated_by_their_values()
    {
        Evaluates("a", "b", "c");
        Evaluates(1.5f, -0.25f, 1e10f);
        Evaluates(0.1, -3e200, 7.0);
        Evaluates<sbyte>(-1, 0, 1);
        Evaluates<byte>(3, 0, 255);
        Evaluates<short>(3, 0, -255);
        Evaluates<ushort>(3, 0, 60000);
        Evaluates(3, 0, -70000);
        Evaluates(3u, 0u, uint.MaxValue);
        Evaluates(3L, 0L, long.MinValue);
        Evaluates(3UL, 0UL, ulong.MaxValue);
        Evaluates(new DateTime(2020, 1, 2, 3, 4, 5), DateTime.UnixEpoch, new DateTime(637134336000000001));
        Evaluates(new DateTimeOffset(2020, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)), DateTimeOffset.UnixEpoch,
            new DateTimeOffset(2020, 1, 2, 3, 4, 6, TimeSpan.Zero));
        Evaluates(TimeSpan.FromTicks(1), TimeSpan.FromDays(-1), TimeSpan.MaxValue);
        Evaluates(new DataViewRowId(1, 2), new DataViewRowId(2, 1), new DataViewRowId(ulong.MaxValue, 0));
    }

    [TestMethod]
    public void Classes_of_Booleans_are_evaluated_by_their_values()
    {
        bool[] labels = [true, false, true, true];
        IDataView rows = _ml.Data.LoadFromEnumerable(labels.Select(
            (label, i) => new Scored<bool> { Label = label, Predicted = Probabilities[i][0] > 0.5, Score = [Probabilities[i][0], 1 - Probabilities[i][0]] }));
        // The first key of the predicted labels is True, that of the label False.
        IDataView known = _ml.Data.LoadFromEnumerable(new[] { true, false }.Select(value => new Scored<bool> { Label = !value, Predicted = value }));
        IDataView scored = _ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.Transforms.Conversion.MapValueToKey("PredictedLabel", "Predicted"))
            .Fit(known).Transform(rows);

        SequenceClassificationMetrics metrics = _ml.MulticlassClassification.EvaluateSequence(scored);

        double expected = labels.Select((label, i) => -Math.Log(label ? Probabilities[i][0] : 1 - Probabilities[i][0])).Average();
        Assert.AreEqual(expected, metrics.LogLoss, 1e-6);
        Assert.AreEqual(0.5, metrics.Accuracy);
    }

    [TestMethod]
    public void Values_of_every_type_come_back_from_a_model_file()
    {
        ComesBack(0.1f, 1e-30f);
        ComesBack(0.1, -3e200);
        ComesBack(false, true);
        ComesBack(new DateTime(637134336000000001), DateTime.UnixEpoch);
        ComesBack(new DateTimeOffset(2020, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)), DateTimeOffset.UnixEpoch);
        ComesBack(TimeSpan.FromTicks(1), TimeSpan.FromDays(-1));
        ComesBack(new DataViewRowId(1, ulong.MaxValue), new DataViewRowId(2, 1));
    }

    [TestMethod]
    public void Series_whose_keys_are_made_of_numbers_keep_their_own_scaling()
    {
        NumberedStep[] rows = [.. Steps(60).Select(step => new NumberedStep { Shop = 1.5f, Load = step.Load }),
            .. Steps(60, 2).Select(step => new NumberedStep { Shop = 2.5f, Load = step.Load })];
        IDataView train = Keyed(rows), turned = Keyed([.. rows.Reverse()], rows);

        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { SeriesColumnName = "Shop" }).Fit(train);

        CollectionAssert.AreEquivalent(new[] { "1.5", "2.5" }, model.Model.Scaling.BySeries.Keys.ToArray());
        CollectionAssert.AreEqual(Bits(Column(model.Transform(train))), Bits(Column(model.Transform(turned))));
    }

    [TestMethod]
    public void Series_may_have_the_largest_numbers()
    {
        ulong[] shops = [ulong.MaxValue, 1UL << 63];
        IDataView train = _ml.Data.LoadFromEnumerable(shops.SelectMany(shop => Steps(40).Select(step => new LargeStep { Shop = shop, Load = step.Load })));

        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { SeriesColumnName = "Shop" }).Fit(train);

        CollectionAssert.AreEquivalent(new[] { "18446744073709551615", "9223372036854775808" }, model.Model.Scaling.BySeries.Keys.ToArray());
    }

    private void Evaluates<T>(params T[] values)
    {
        int[] labels = [0, 1, 1, 2], predicted = [0, 1, 2, 0];
        Scored<T>[] rows = [.. labels.Select(
            (label, i) => new Scored<T> { Label = values[label], Predicted = values[predicted[i]], Score = Probabilities[i] })];
        // Predicted keys are numbered in the order of the values, those of the label in reverse.
        IDataView known = _ml.Data.LoadFromEnumerable(
            values.Zip(values.Reverse()).Select(pair => new Scored<T> { Predicted = pair.First, Label = pair.Second, Score = Probabilities[0] }).ToArray());
        IDataView scored = _ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.Transforms.Conversion.MapValueToKey("PredictedLabel", "Predicted"))
            .Fit(known).Transform(_ml.Data.LoadFromEnumerable(rows));

        SequenceClassificationMetrics metrics = _ml.MulticlassClassification.EvaluateSequence(scored);

        Assert.AreEqual(labels.Select((label, i) => -Math.Log(Probabilities[i][label])).Average(), metrics.LogLoss, 1e-6, typeof(T).Name);
        Assert.AreEqual(0.5, metrics.Accuracy, typeof(T).Name);
    }

    private void ComesBack<T>(params T[] values)
    {
        Labelled<T>[] rows = [.. Enumerable.Range(0, 20).Select(i => new Labelled<T> { Label = values[i % 2], Features = [i % 2, 1, 2] })];
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        var training = new TrainingOptions { Epochs = 1, Seed = 1, ValidationFraction = 0 };
        var model = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.MulticlassClassification.Trainers.Sequence(new Linear(), new SequenceOptions { Training = training }))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("Said", "PredictedLabel")).Fit(data);
        using var file = new MemoryStream();
        _ml.Model.Save(model, data.Schema, file);
        file.Position = 0;
        IDataView scored = new MLContext().Model.Load(file, out _).Transform(data);

        VBuffer<T> found = default;
        scored.Schema["PredictedLabel"].GetKeyValues(ref found);
        CollectionAssert.AreEqual(values, found.DenseValues().ToArray());
        Assert.IsTrue(scored.GetColumn<T>("Said").All(values.Contains));
    }

    private IDataView Keyed(NumberedStep[] known, NumberedStep[]? rows = null) =>
        _ml.Transforms.Conversion.MapValueToKey("Shop").Fit(_ml.Data.LoadFromEnumerable(known)).Transform(_ml.Data.LoadFromEnumerable(rows ?? known));

    private sealed class Scored<T>
    {
        public T Label { get; set; } = default!;

        public T Predicted { get; set; } = default!;

        public float[] Score { get; set; } = [];
    }

    private sealed class Labelled<T>
    {
        public T Label { get; set; } = default!;

        [VectorType(3)]
        public float[] Features { get; set; } = [];
    }

    private sealed class NumberedStep
    {
        public float Shop { get; set; }

        public float Load { get; set; }
    }

    private sealed class LargeStep
    {
        public ulong Shop { get; set; }

        public float Load { get; set; }
    }
}
