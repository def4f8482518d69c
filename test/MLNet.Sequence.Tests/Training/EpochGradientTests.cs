using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

/// <summary>
/// The weight of each row in the gradient of an epoch, for any division into batches. Every row has a channel of its own, whose weight
/// starts at 0 and is trained with a rate so low that it stays there: its change is the row's part of the sum of gradients.
/// </summary>
[TestClass]
public sealed class EpochGradientTests
{
    private const float Rate = 1e-6f;

    private static readonly (int Rows, int BatchSize, int Accumulation)[] Cuts =
        [(1, 32, 1), (2, 1, 1), (5, 32, 1), (33, 32, 1), (40, 8, 1), (41, 8, 1), (7, 3, 1), (13, 4, 3), (13, 4, 2), (9, 2, 50)];

    [ClassInitialize]
    public static void Load(TestContext _) => TorchRuntime.EnsureLoaded();

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Every_row_counts_the_same_in_an_epoch(bool buckets) => AssertParts(
        (set, _) => Rows(set, buckets), (set, row) => 1, () => new RegressionObjective(new ChannelScaling([0], [1])));

    [TestMethod]
    public void Every_row_counts_its_weight_times_that_of_its_class() => AssertParts(
        (set, _) => Rows(set, buckets: true, [0.5f, 4]),
        (set, row) => set.Weight(row) * (set.Label(row) == 0 ? 0.5 : 4),
        () => new BinaryObjective(labelSmoothing: 0) { ClassWeights = [0.5f, 4] },
        row => row % 3 == 0 ? 2.5f : 1,
        row => row % 4 == 1 ? 0 : 1);

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Every_tagged_step_counts_the_same_in_an_epoch(bool buckets) => AssertParts(
        (set, _) => Rows(set, buckets), (set, row) => set.Length(row), () => new TaggingObjective(2, chain: null));

    [TestMethod]
    [DataRow(null, true)]
    [DataRow(null, false)]
    [DataRow(3, true)]
    [DataRow(3, false)]
    public void Every_predicted_step_counts_the_same_in_an_epoch_in_chunks_too(int? chunk, bool buckets) => AssertParts(
        (set, rows) => new NextStepBatches(set, rows, ChannelScaling.None(set.Features), Names(set)) { ChunkSteps = chunk, BucketByLength = buckets },
        (set, row) => set.Length(row) - 1,
        () => new NextStepObjective(StepKind.Real));

    [TestMethod]
    public void A_set_of_full_batches_and_one_that_fills_none_take_steps_of_mean_losses()
    {
        foreach (int rows in new[] { 3, 16 })
        {
            SequenceSet set = OneHot(rows, _ => 1, _ => 1);
            (double[] parts, long steps) = Epoch(Rows(set, buckets: true), new RegressionObjective(new ChannelScaling([0], [1])), (8, 1));

            // The slope of (0 − 1)² is −2: in a mean over n rows, the part of one row is 2 / n.
            Close.AssertEqual(Enumerable.Repeat(2.0 / Math.Min(rows, 8), rows).ToArray(), parts, 1e-4, "parts");
            Assert.AreEqual((rows + 7) / 8, steps);
        }
    }

    [TestMethod]
    public void The_rows_of_the_smaller_batch_are_others_in_every_epoch_and_any_of_them()
    {
        const int rows = 33, epochs = 2000;
        var often = new int[rows];
        for (int epoch = 0; epoch < epochs; epoch++)
            often[BatchOrder.ByLength(rows, row => (int)row + 1, 32, epoch).Single(batch => batch.Length == 1)[0]]++;

        // Binomial with p = 1 / 33: the mean is 61, the deviation 7.7.
        foreach (int cell in often)
            Assert.AreEqual((double)epochs / rows, cell, 5 * 7.7);
    }

    [TestMethod]
    public void A_learnt_constant_is_the_mean_although_one_long_row_is_far_off()
    {
        // 32 rows of about 0 and a longer row of 33: the mean is 1.
        var set = new SequenceSet(1);
        for (int row = 0; row < 33; row++)
            set.Add(new double[row == 32 ? 9 : 1 + row % 3], row == 32 ? 33 : 0);
        var tree = new Sequential(new LastStep(), new Dense(1));
        using TorchNetwork network = Zeros(tree, 1);
        TrainingOptions options = new() { Epochs = 300, BatchSize = 32, LearningRate = 0.02, ClipNorm = null, Patience = null };
        var batches = new SequenceBatches(set, [.. Enumerable.Range(0, 33)], new StepEncoding(ChannelScaling.None(1)), ["x"]) { BucketByLength = true };
        using var trainer = new Trainer(network, Job(batches, new RegressionObjective(new ChannelScaling([0], [1]))), options);
        trainer.Run();

        Assert.AreEqual(1, network.ReadWeights()["1.bias"].Values[0], 0.25);
    }

    [TestMethod]
    public void One_yes_in_a_hundred_is_learnt_as_one_half_where_classes_are_balanced()
    {
        var set = new SequenceSet(1);
        for (int row = 0; row < 200; row++)
            set.Add([0], row % 100 == 7 ? 1 : 0);
        var tree = new Sequential(new LastStep(), new Dense(1));
        using TorchNetwork network = Zeros(tree, 1);
        float[] balanced = [200f / (2 * 198), 200f / (2 * 2)];
        var batches = new SequenceBatches(set, [.. Enumerable.Range(0, 200)], new StepEncoding(ChannelScaling.None(1)), ["x"]) { ClassWeights = balanced };
        TrainingOptions options = new() { Epochs = 60, BatchSize = 32, LearningRate = 0.01, ClipNorm = null };
        using var trainer = new Trainer(network, Job(batches, new BinaryObjective(labelSmoothing: 0) { ClassWeights = balanced }), options);
        trainer.Run();

        Assert.AreEqual(0.5, 1 / (1 + Math.Exp(-network.ReadWeights()["1.bias"].Values[0])), 0.06);
    }

    // The parts of all rows, divided by the part of the first, are the expected ones for every division of an epoch.
    private static void AssertParts(
        Func<SequenceSet, int[], IBatchSource> batches,
        Func<SequenceSet, int, double> expected,
        Func<IObjective> objective,
        Func<int, float>? weight = null,
        Func<int, float>? label = null)
    {
        foreach ((int rows, int batchSize, int accumulation) in Cuts)
        {
            IObjective loss = objective();
            SequenceSet set = OneHot(rows, weight ?? (_ => 1), loss is TaggingObjective ? null : label ?? (_ => 1));
            (double[] parts, _) = Epoch(batches(set, [.. Enumerable.Range(0, rows)]), loss, (batchSize, accumulation));
            double[] wanted = [.. Enumerable.Range(0, rows).Select(row => expected(set, row) / expected(set, 0))];
            Close.AssertEqual(wanted, [.. parts.Select(part => part / parts[0])], 1e-3, $"{rows} rows in batches of {batchSize} × {accumulation}");
        }
    }

    private static (double[] Parts, long Steps) Epoch(IBatchSource batches, IObjective objective, (int Size, int Accumulation) batch)
    {
        int channels = batches.Channels.Count;
        Layer tree = objective switch
        {
            TaggingObjective => new Sequential(new Dense(2)),
            NextStepObjective => new Sequential(new Dense(channels)),
            _ => new Sequential(new LastStep(), new Dense(1)),
        };
        using TorchNetwork network = Zeros(tree, channels);
        TrainingOptions options = new()
        {
            Epochs = 1,
            BatchSize = batch.Size,
            AccumulationSteps = batch.Accumulation,
            Optimizer = new Sgd(),
            LearningRate = Rate,
            ClipNorm = null,
        };
        using var trainer = new Trainer(network, Job(batches, objective), options);
        long steps = trainer.Run().Epochs[0].Step;
        float[] weights = [.. network.ReadWeights().Single(weight => weight.Name.EndsWith("weight", StringComparison.Ordinal)).Values];
        // [outputs, channels]: the row's own output for next steps, the first output for tags.
        double Part(int row) => Math.Abs(weights[objective is NextStepObjective ? row * channels + row : row]) / Rate;
        return ([.. Enumerable.Range(0, channels).Select(Part)], steps);
    }

    private static SequenceBatches Rows(SequenceSet set, bool buckets, float[]? classWeights = null) =>
        new(set, [.. Enumerable.Range(0, set.Count)], new StepEncoding(ChannelScaling.None(set.Features)), Names(set))
        {
            BucketByLength = buckets,
            ClassWeights = classWeights,
        };

    // Row i has the value 1 in channel i at every step; the longest row is 10 times as long as the shortest.
    private static SequenceSet OneHot(int rows, Func<int, float> weight, Func<int, float>? label)
    {
        var set = new SequenceSet(rows, label is null ? null : 1);
        for (int row = 0; row < rows; row++)
        {
            int steps = 2 + row * 7 % 19;
            var values = new double[steps * rows];
            for (int step = 0; step < steps; step++)
                values[step * rows + row] = 1;
            set.Add(values, label is null ? new double[steps] : [label(row)], weight(row));
        }

        return set;
    }

    private static string[] Names(SequenceSet set) => [.. Enumerable.Range(0, set.Features).Select(i => $"row {i}")];

    private static TorchNetwork Zeros(Layer tree, int channels)
    {
        var weights = new Weights();
        foreach (WeightSpec spec in tree.AllWeights(channels))
            weights.Add(new Weight(spec.Name, spec.Shape, new float[spec.Count]));
        return new TorchNetwork(tree, channels, CPU, weights);
    }

    private static TrainingJob Job(IBatchSource batches, IObjective objective) =>
        new() { Training = batches, Objective = objective, Seed = 5 };
}
