using Microsoft.ML;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Rows;

[TestClass]
public sealed class FeatureImportanceTests
{
    private const int Steps = 6, Features = 3;

    private static readonly SequenceOptions Options = new()
    {
        LabelColumnName = "Number",
        Features = Features,
        Training = new TrainingOptions { Epochs = 25, LearningRate = 1e-2, BatchSize = 16, Patience = null },
    };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(true, DisplayName = "of one length")]
    [DataRow(false, DisplayName = "of many lengths")]
    public void The_feature_that_makes_the_label_matters_and_the_others_do_not(bool fixedLength)
    {
        IDataView data = LabelledSequence.View(_ml, Rows(300, fixedLength));
        using SequencePredictionTransformer model = _ml.Regression.Trainers.Sequence(new Gru { HiddenSize = 12 }, Options).Fit(data);
        double Measure(IDataView scored) => _ml.Regression.Evaluate(scored, "Number").RSquared;
        Assert.IsGreaterThan(0.9, Measure(model.Transform(data)));

        IReadOnlyList<FeatureImportance> found = _ml.Sequence.PermutationFeatureImportance(model, data, Measure, permutations: 3);

        CollectionAssert.AreEqual(new[] { "Features[feature 0]", "Features[feature 1]", "Features[feature 2]" }, found.Select(one => one.Feature).ToArray());
        // The mean squared difference between labels of different rows is twice their variance: R² falls from 1 to about −1.
        Assert.IsLessThan(-1, found[1].Change);
        foreach (int other in new[] { 0, 2 })
            Assert.IsLessThan(0.1, Math.Abs(found[other].Change));
        Assert.IsTrue(found[1].StandardDeviation is > 0 and < 0.5);
    }

    [TestMethod]
    public void Wide_tables_give_the_same_as_vectors()
    {
        IDataView vectors = LabelledSequence.View(_ml, Rows(80, fixedLength: true), Steps, Features);
        string[] names = [.. Enumerable.Range(0, Steps * Features).Select(i => $"v{i}")];
        IEstimator<ITransformer> split = _ml.Transforms.CopyColumns("Copy", "Features");
        for (int i = 0; i < names.Length; i++)
        {
            int slot = i;
            split = split.Append(_ml.Transforms.CustomMapping<LabelledSequence, OneSlot>((row, one) => one.Slot = row.Features[slot], null))
                .Append(_ml.Transforms.CopyColumns(names[i], "Slot"));
        }

        IDataView wide = split.Fit(vectors).Transform(vectors);
        CollectionAssert.AreEqual(Changes(vectors, Options), Changes(wide, Options with { FeatureColumnNames = names }));
    }

    [TestMethod]
    public void Rows_are_read_once_even_if_they_change_when_they_are_read_again()
    {
        LabelledSequence[] rows = Rows(60, fixedLength: true), others = [.. Rows(120, fixedLength: true)[60..]];
        int readings = 0;
        IEnumerable<LabelledSequence> Turning() => readings++ == 0 ? rows : others;
        IEnumerable<LabelledSequence> Moving()
        {
            foreach (LabelledSequence row in Turning())
                yield return row;
        }

        using SequencePredictionTransformer model = _ml.Regression.Trainers.Sequence(
            new Gru { HiddenSize = 4 }, Options with { Training = Options.Training with { Epochs = 3 } })
                .Fit(LabelledSequence.View(_ml, rows, Steps, Features));
        double[] Found(IDataView data) => [.. new MLContext(seed: 2).Sequence.PermutationFeatureImportance(
            model, data, scored => _ml.Regression.Evaluate(scored, "Number").MeanAbsoluteError, permutations: 2).Select(one => one.Change)];

        double[] expected = Found(LabelledSequence.View(_ml, rows, Steps, Features));
        CollectionAssert.AreEqual(expected, Found(LabelledSequence.View(_ml, Moving(), Steps, Features)));
        Assert.AreEqual(1, readings);
    }

    private static double[] Changes(IDataView data, SequenceOptions options)
    {
        var ml = new MLContext(seed: 4);
        using SequencePredictionTransformer model = ml.Regression.Trainers.Sequence(
            new Gru { HiddenSize = 4 }, options with { Training = Options.Training with { Epochs = 3 } }).Fit(data);
        double[] changes = [.. ml.Sequence.PermutationFeatureImportance(model, data, scored => ml.Regression.Evaluate(scored, "Number").MeanAbsoluteError)
            .Select(one => one.Change)];
        Assert.IsTrue(changes.Any(change => change != 0));
        return changes;
    }

    // The label is the mean of the second feature.
    private static LabelledSequence[] Rows(int count, bool fixedLength)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            double level = random.NextDouble();
            int steps = fixedLength ? Steps : random.Next(4, 9);
            float[] values = [.. Enumerable.Range(0, steps * Features).Select(i => (float)(random.NextDouble() + (i % Features == 1 ? 5 * level : 0)))];
            return new LabelledSequence { Features = values, Number = values.Where((_, i) => i % Features == 1).Average() };
        })];
    }

    private sealed class OneSlot
    {
        public float Slot { get; set; }
    }
}
