using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

[TestClass]
public sealed class SequenceBatchesTests
{
    [ClassInitialize]
    public static void Load(TestContext _) => TorchRuntime.EnsureLoaded();

    [TestMethod]
    [DataRow(true, 1000, 32)]
    [DataRow(true, 5000, 7)]
    [DataRow(true, 3, 32)]
    [DataRow(false, 1000, 32)]
    public void An_epoch_has_every_example_once_and_the_last_partial_batch_too(bool buckets, int count, int batchSize)
    {
        SequenceBatches batches = Batches(Random(count), buckets);
        foreach (long? seed in new long?[] { null, 0, 7 })
        {
            long[][] epoch = [.. batches.Order(batchSize, seed)];

            Assert.HasCount((count + batchSize - 1) / batchSize, epoch);
            CollectionAssert.AreEqual(Enumerable.Range(0, count).Select(i => (long)i).ToArray(), epoch.SelectMany(batch => batch).Order().ToArray());
        }
    }

    [TestMethod]
    public void Buckets_waste_less_than_the_random_order()
    {
        SequenceSet set = Random(2000);

        double random = Batches(set, buckets: false).PaddedPart(32, 1)!.Value, buckets = Batches(set, buckets: true).PaddedPart(32, 1)!.Value;

        Assert.IsGreaterThan(0.3, random);
        Assert.IsLessThan(0.1, buckets);
    }

    [TestMethod]
    public void The_order_follows_from_the_seed_and_differs_between_seeds()
    {
        SequenceBatches batches = Batches(Random(300), buckets: true);
        string Of(long seed) => string.Join("|", batches.Order(32, seed).Select(batch => string.Join(",", batch)));
        // Which examples share a batch, for any order of the batches.
        string Meeting(long seed) => string.Join("|", batches.Order(32, seed).Select(batch => string.Join(",", batch.Order())).Order(StringComparer.Ordinal));

        Assert.AreEqual(Of(1), Of(1));
        Assert.AreNotEqual(Of(1), Of(2));
        Assert.AreNotEqual(Meeting(1), Meeting(2));
    }

    [TestMethod]
    public void Sequences_of_one_length_have_no_padding_to_report()
    {
        var set = new SequenceSet(1);
        set.Add([1, 2], 0);
        set.Add([3, 4], 1);

        Assert.IsNull(Batches(set, buckets: true).PaddedPart(2, 1));
        using var scope = NewDisposeScope();
        Assert.IsNull(Batches(set, buckets: true).Load([0, 1], CPU).Lengths);
    }

    [TestMethod]
    public void A_batch_is_standardised_padded_with_zeros_and_has_its_lengths()
    {
        var set = new SequenceSet(2);
        set.Add([1, 10, 3, 30], 1);
        set.Add([5, 50], 0, weight: 2);
        var batches = new SequenceBatches(set, [0, 1], new StepEncoding(new ChannelScaling([1, 10], [2, 20])), ["a", "b"]) { ClassWeights = [3, 1] };

        using var scope = NewDisposeScope();
        Batch batch = batches.Load([1, 0], CPU);

        CollectionAssert.AreEqual(new long[] { 2, 2, 2 }, batch.Input.shape);
        CollectionAssert.AreEqual(new float[] { 2, 2, 0, 0, 0, 0, 1, 1 }, batch.Input.data<float>().ToArray());
        CollectionAssert.AreEqual(new long[] { 1, 2 }, batch.Lengths!.data<long>().ToArray());
        CollectionAssert.AreEqual(new float[] { 6, 1 }, batch.RowWeights!.data<float>().ToArray());
        CollectionAssert.AreEqual(new float[] { 0, 1 }, batch.Target.data<float>().ToArray());
        Assert.AreEqual(7, batch.Weight);
    }

    [TestMethod]
    [DataRow(PoolingKind.LastStep)]
    [DataRow(PoolingKind.Mean)]
    [DataRow(PoolingKind.Max)]
    [DataRow(PoolingKind.Attention)]
    public void Padding_never_changes_what_a_row_gives(PoolingKind pooling)
    {
        foreach (Architecture architecture in new Architecture[] { new Lstm { HiddenSize = 8 }, new Tcn { Channels = 8 } })
        {
            NetworkPlan plan = Plan(architecture, pooling);
            using var network = new TorchNetwork(plan, CPU, Initializer.Draw(plan.AllWeights(), new RandomStream(1)));
            SequenceSet set = Random(5);
            using var scope = NewDisposeScope();
            float[] together = Output(network, Batches(set, false).Load([0, 1, 2, 3, 4], CPU));
            for (int i = 0; i < 5; i++)
            {
                float[] alone = Output(network, Batches(set, false).Load([i], CPU));
                for (int c = 0; c < alone.Length; c++)
                    Assert.AreEqual(alone[c], together[i * alone.Length + c], 1e-5);
            }
        }
    }

    [TestMethod]
    public void Row_weights_count_as_repeated_rows_do()
    {
        var objective = new ClassificationObjective(labelSmoothing: 0.1);
        using var scope = NewDisposeScope();
        Tensor output = randn(4, 3), target = tensor(new float[] { 0, 1, 2, 1 });
        var repeated = new Batch(output.index_select(0, tensor(new long[] { 0, 1, 1, 1, 2, 3, 3, 3 })), tensor(new float[] { 0, 1, 1, 1, 2, 1, 1, 1 }), 8);
        var weighted = new Batch(output, target, 8) { RowWeights = tensor(new float[] { 1, 3, 1, 3 }) };

        Assert.AreEqual(objective.Loss(repeated.Input, repeated).item<float>(), objective.Loss(output, weighted).item<float>(), 1e-6);
        Assert.AreEqual(objective.Measure(repeated.Input, repeated)[0], objective.Measure(output, weighted)[0], 1e-6);
    }

    [TestMethod]
    public void Smoothing_gives_each_class_its_own_weight_as_in_PyTorchs_formula()
    {
        using var scope = NewDisposeScope();
        float[] weights = [0.5f, 4, 2], own = [3, 1];
        Tensor logits = tensor(new float[,] { { 1, -0.5f, 0.25f }, { 0.75f, 0.5f, -2 } }), rows = tensor([own[0] * weights[2], own[1] * weights[1]]);
        var batch = new Batch(logits, tensor(new float[] { 2, 1 }), 10) { RowWeights = rows };

        // PyTorch's CrossEntropyLoss(weight, label_smoothing): (1 − ε) w_y (−ln p_y) + ε / classes · Σ w_c (−ln p_c), over the sum of w_y.
        double[][] scores = [[1, -0.5, 0.25], [0.75, 0.5, -2]];
        int[] classes = [2, 1];
        double loss = 0;
        for (int row = 0; row < 2; row++)
        {
            double all = Math.Log(scores[row].Sum(Math.Exp));
            double smooth = Enumerable.Range(0, 3).Sum(c => weights[c] * (all - scores[row][c])) * 0.3 / 3;
            loss += own[row] * (0.7 * weights[classes[row]] * (all - scores[row][classes[row]]) + smooth);
        }

        var objective = new ClassificationObjective(labelSmoothing: 0.3) { ClassWeights = weights };
        Assert.AreEqual(loss / (own[0] * weights[2] + own[1] * weights[1]), objective.Loss(logits, batch).item<float>(), 1e-6);
    }

    [TestMethod]
    public void Yes_and_no_are_smoothed_as_two_classes_are()
    {
        using var scope = NewDisposeScope();
        float[] weights = [0.5f, 4];
        Tensor logit = tensor(new float[] { 1.5f, -0.5f, 2 }), target = tensor(new float[] { 1, 0, 0 }), rows = tensor(new float[] { 4, 0.5f, 1.5f });
        var batch = new Batch(logit.unsqueeze(1), target, 6) { RowWeights = rows };
        Tensor both = stack([zeros(3), logit], 1);

        double two = new ClassificationObjective(0.3) { ClassWeights = weights }.Loss(both, batch with { Input = both }).item<float>();
        Assert.AreEqual(two, new BinaryObjective(0.3f) { ClassWeights = weights }.Loss(batch.Input, batch).item<float>(), 1e-6);
    }

    [TestMethod]
    public void A_split_keeps_the_proportions_of_classes_and_repeats()
    {
        int Class(int row) => row % 10 == 0 ? 1 : row == 501 ? 2 : 0;

        (int[] training, int[] validation) = SequenceSplit.Cut(1000, Class, 0.2, seed: 3);

        Assert.AreEqual(20, validation.Count(row => Class(row) == 1));
        Assert.AreEqual(180, validation.Count(row => Class(row) == 0));
        Assert.AreEqual(0, validation.Count(row => Class(row) == 2), "A class of one row is trained on.");
        CollectionAssert.AreEqual(Enumerable.Range(0, 1000).ToArray(), training.Concat(validation).Order().ToArray());
        CollectionAssert.AreEqual(validation, SequenceSplit.Cut(1000, Class, 0.2, seed: 3).Validation);
        CollectionAssert.AreNotEqual(validation, SequenceSplit.Cut(1000, Class, 0.2, seed: 4).Validation);
    }

    private static NetworkPlan Plan(Architecture architecture, PoolingKind pooling) => new SequenceClassification
    {
        Input = new SequenceInput { Columns = ["x"], Scalars = false, Features = 1 },
        Pooling = pooling,
        LongestSequence = 100,
        Classes = 3,
    }.BuildNetwork(architecture.Build(100));

    private static float[] Output(TorchNetwork network, Batch batch) =>
        network.Forward(batch.Input, new TorchPass { Lengths = batch.Lengths }).data<float>().ToArray();

    private static SequenceBatches Batches(SequenceSet set, bool buckets) =>
        new(set, [.. Enumerable.Range(0, set.Count)], new StepEncoding(new ChannelScaling([0], [1])), ["x"]) { BucketByLength = buckets };

    private static SequenceSet Random(int count)
    {
        var random = new Random(1);
        var set = new SequenceSet(1);
        for (int i = 0; i < count; i++)
            set.Add([.. Enumerable.Range(0, random.Next(1, 100)).Select(_ => (float)random.NextDouble())], i % 3);
        return set;
    }
}
