using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNet.Sequence.Comparison;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Tests.Comparison.References;

/// <summary>Compares the parts of references for rows with brute force, formulas and ML.NET.</summary>
[TestClass]
public sealed class RowReferencesTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void The_nearest_row_is_that_of_the_least_distance_over_all_channels(int channels)
    {
        var random = new RandomStream(1, channels);
        float[][] rows = [.. Enumerable.Range(0, 60).Select(_ => Normals(random, 12 * channels))];
        var nearest = new NearestNeighbour(rows, channels, ofTokens: false, asked: 40);
        Assert.AreEqual(1, nearest.Every);
        for (int trial = 0; trial < 40; trial++)
        {
            float[] row = Normals(random, 12 * channels);
            int expected = Enumerable.Range(0, rows.Length).MinBy(i => rows[i].Zip(row, (a, b) => Math.Pow(a - b, 2)).Sum());
            Assert.AreEqual(expected, nearest.Of(row));
        }
    }

    [TestMethod]
    public void Rows_of_unlike_lengths_are_stretched_along_time()
    {
        static float[] Wave(int steps, double turns) =>
            [.. Enumerable.Range(0, steps).SelectMany(i => new[] { (float)Math.Sin(turns * i / (steps - 1)), (float)i / (steps - 1) })];
        float[][] rows = [Wave(30, 3), Wave(17, 6), Wave(9, 9)];
        var nearest = new NearestNeighbour(rows, channels: 2, ofTokens: false, asked: 3);
        Assert.AreEqual(30, nearest.Steps);
        foreach ((int number, double turns) in new[] { (0, 3.1), (1, 5.9), (2, 8.8) })
        {
            foreach (int steps in new[] { 11, 30, 45 })
                Assert.AreEqual(number, nearest.Of(Wave(steps, turns)));
        }

        // A row of one step is stretched by repeating that step.
        Assert.AreEqual(1, new NearestNeighbour([[1, 2, 3], [5, 5, 5]], 1, ofTokens: false, asked: 1).Of([4.5f]));
    }

    [TestMethod]
    public void Tokens_are_as_far_from_each_other_as_steps_differ()
    {
        var nearest = new NearestNeighbour([[1, 2, 3, 4], [9, 9, 9, 9], [1, 2, 9, 9]], 1, ofTokens: true, asked: 1);
        Assert.AreEqual(0, nearest.Of([1, 2, 3, 9]));
        Assert.AreEqual(2, nearest.Of([1, 1, 9, 9]));
        // Stretched to 1, 1, 9, 9: not to numbers between tokens.
        Assert.AreEqual(2, nearest.Of([1, 9]));
    }

    [TestMethod]
    public void With_too_many_rows_only_some_are_searched()
    {
        float[][] rows = [.. Enumerable.Range(0, 10).Select(row => new float[] { row })];
        var nearest = new NearestNeighbour(rows, 1, ofTokens: false, asked: 4_000_000_001);
        Assert.AreEqual(3, nearest.Every);
        Assert.AreEqual(6, nearest.Of([7]));
    }

    [TestMethod]
    public void Parts_of_tokens_are_those_of_their_formula() =>
        CollectionAssert.AreEqual(new[] { 0.5, 0, 0.25, 0.25 }, TokenParts.Of([0, 2, 0, 3], 4));

    [TestMethod]
    public void Classes_have_the_probabilities_of_the_trainer_with_the_best_penalty_every_time()
    {
        var random = new RandomStream(4);
        (float[] Numbers, int Class)[] Rows(int count) => [.. Enumerable.Range(0, count).Select(_ => Normals(random, 3)).Select(numbers =>
            (numbers, numbers[0] + 0.5 * random.NextNormal() > 0.5 ? 2 : numbers[1] + 0.5 * random.NextNormal() > 0 ? 1 : 0))];
        (float[] Numbers, int Class)[] training = Rows(200), validation = Rows(80);
        float[][] others = [.. Rows(20).Select(row => row.Numbers)];
        (double[][] held, double[][] asked) = LinearClasses.Fit(training, validation, others, classes: 3);
        foreach (double[] probabilities in held.Concat(asked))
            Assert.AreEqual(1, probabilities.Sum(), 1e-5);
        double Loss(double[][] probabilities) => probabilities.Zip(validation, (one, row) => -Math.Log(one[row.Class])).Average();
        double[] losses = [.. new[] { 0.03f, 0.3f, 3, 30 }.Select(penalty => Loss(ByTrainer(training, validation, penalty)))];
        Assert.AreEqual(losses.Min(), Loss(held), 1e-4);
        Assert.IsLessThan(losses.Max() - 0.01, Loss(held));
        (_, double[][] again) = LinearClasses.Fit(training, validation, others, classes: 3);
        for (int row = 0; row < again.Length; row++)
            CollectionAssert.AreEqual(asked[row], again[row]);
    }

    [TestMethod]
    public void Numbers_are_those_of_least_squares()
    {
        var random = new RandomStream(5);
        (float[] Inputs, double[] Targets)[] Rows(int count, double noise) => [.. Enumerable.Range(0, count).Select(_ => Normals(random, 3)).Select(inputs =>
            (inputs, new[] { 2 + inputs[0] - 3 * inputs[2] + noise * random.NextNormal(), inputs[1] + noise * random.NextNormal() }))];
        Func<float[], double[]> fitted = LeastSquares.Fit(Rows(50, 0), Rows(20, 0));
        double[] said = fitted([1, 2, 3]);
        Assert.AreEqual(2 + 1 - 9, said[0], 1e-6);
        Assert.AreEqual(2, said[1], 1e-6);
        // With pure noise and few rows, the validation rows choose a model whose output is 0.
        (float[] Inputs, double[] Targets)[] Noise(int count) => [.. Rows(count, 0).Select(row => (row.Inputs, new[] { random.NextNormal() }))];
        (float[] Inputs, double[] Targets)[] few = Noise(6);
        double mean = few.Average(row => row.Targets[0]);
        few = [.. few.Select(row => (row.Inputs, new[] { row.Targets[0] - mean }))];
        Assert.AreEqual(0, LeastSquares.Fit(few, Noise(4000))([2, -2, 2])[0], 0.1);
        Assert.IsGreaterThan(0.3, Math.Abs(LeastSquares.Fit(few, few)([2, -2, 2])[0]));
    }

    private double[][] ByTrainer((float[] Numbers, int Class)[] training, (float[] Numbers, int Class)[] validation, float penalty)
    {
        IDataView View((float[] Numbers, int Class)[] rows) =>
            _ml.Data.LoadFromEnumerable(rows.Select(row => new Row { Features = row.Numbers, Label = (uint)row.Class }));
        var options = new LbfgsMaximumEntropyMulticlassTrainer.Options { L1Regularization = 0, L2Regularization = penalty, NumberOfThreads = 1 };
        IDataView scored = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(options).Fit(View(training)).Transform(View(validation));
        return [.. scored.GetColumn<float[]>("Score").Select(score => Array.ConvertAll(score, probability => (double)probability))];
    }

    private static float[] Normals(RandomStream random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];

    private sealed class Row
    {
        [VectorType(3)]
        public float[] Features { get; set; } = [];

        [KeyType(3)]
        public uint Label { get; set; }
    }
}
