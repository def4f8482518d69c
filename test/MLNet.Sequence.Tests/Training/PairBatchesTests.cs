using MLNet.Sequence.Data;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

[TestClass]
public sealed class PairBatchesTests
{
    private const int Boundary = 1000;

    [ClassInitialize]
    public static void Load(TestContext _) => TorchRuntime.EnsureLoaded();

    [TestMethod]
    [DataRow(true, null)]
    [DataRow(false, null)]
    [DataRow(true, 60)]
    [DataRow(true, 1)]
    public void An_epoch_has_every_pair_once_with_its_target_shifted_by_the_boundary(bool buckets, int? most)
    {
        PairSet set = Numbered(50);
        PairBatches batches = Batches(set, buckets, most);
        foreach (long? seed in new long?[] { null, 3 })
        {
            using var scope = NewDisposeScope();
            var seen = new HashSet<long>();
            double weight = 0;
            long count = 0;
            foreach (long[] examples in batches.Order(7, seed))
            {
                Batch batch = batches.Load(examples, CPU);
                weight += batch.Weight;
                count++;
                for (int row = 0; row < examples.Length; row++)
                {
                    Assert.IsTrue(seen.Add(examples[row]));
                    AssertRow(set, (int)examples[row], batch, row);
                }
            }

            Assert.HasCount(50, seen);
            Assert.AreEqual(batches.Weight, weight);
            Assert.AreEqual(batches.CountBatches(7, seed), count);
        }
    }

    [TestMethod]
    public void A_batch_has_no_more_steps_than_the_limit_unless_one_pair_has()
    {
        PairSet set = Numbered(200);
        PairBatches batches = Batches(set, buckets: true, most: 60);
        long[][] first = [.. batches.Order(1, seed: 1)], again = [.. batches.Order(1, seed: 1)], other = [.. batches.Order(1, seed: 2)];
        foreach (long[] batch in first)
        {
            int longest = batch.Max(pair => set.Length((int)pair));
            Assert.IsTrue(batch.Length == 1 || batch.Length * longest <= 60, $"{batch.Length} pairs of {longest}");
        }

        Assert.AreEqual(string.Join(";", first.Select(batch => string.Join(",", batch))), string.Join(";", again.Select(batch => string.Join(",", batch))));
        Assert.AreNotEqual(string.Join(";", first.Select(batch => string.Join(",", batch))), string.Join(";", other.Select(batch => string.Join(",", batch))));
        // Similar lengths share a batch: less padding than in batches of any lengths.
        Assert.IsLessThan(Batches(set, buckets: false, most: null).PaddedPart(4, 1)!.Value, batches.PaddedPart(4, 1)!.Value);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(0.2)]
    public void The_loss_is_the_mean_cross_entropy_of_all_tokens_and_ends_without_padding(double smoothing)
    {
        using var scope = NewDisposeScope();
        const int tokens = 4;
        float[] logits = [.. Enumerable.Range(0, 2 * 3 * tokens).Select(i => (float)Math.Sin(3 * i))];
        int[][] targets = [[1, 0, 3], [2, 3]];
        Tensor target = tensor(new float[] { 1, 0, 3, 2, 3, SequenceBatches.Padding }, [2, 3]);
        var batch = new Batch(zeros(2, 1, 1), target, 5);
        var objective = new TargetObjective(smoothing);
        double sum = 0, right = 0;
        for (int row = 0; row < 2; row++)
        {
            for (int step = 0; step < targets[row].Length; step++)
            {
                double[] own = [.. logits.Skip((row * 3 + step) * tokens).Take(tokens).Select(logit => (double)logit)];
                double total = Math.Log(own.Sum(Math.Exp));
                sum += (1 - smoothing) * (total - own[targets[row][step]]) + smoothing * own.Average(logit => total - logit);
                right += own[targets[row][step]] == own.Max() ? 1 : 0;
            }
        }

        Tensor output = tensor(logits, [2, 3, tokens]);
        Assert.AreEqual(sum / 5, objective.Loss(output, batch).item<float>(), 1e-5);
        Assert.AreEqual(right / 5, objective.Measure(output, batch)[0], 1e-6);
    }

    [TestMethod]
    public void Numbers_are_standardised_shifted_by_zeros_and_padded()
    {
        var set = new PairSet(new SequenceSet(1), new SequenceSet(2));
        set.Source.Add([1, 2], label: 0);
        set.Target.Add([10, 100, 12, 104, 14, 108], label: 0);
        set.Source.Add([3], label: 0);
        set.Target.Add([16, 96], label: 0);
        var batches = new PairBatches(set, [0, 1], new StepEncoding(ChannelScaling.None(1)), ["x"])
        {
            Boundary = null,
            TargetScaling = new ChannelScaling([10, 100], [2, 4]),
        };
        using var scope = NewDisposeScope();
        Batch batch = batches.Load([0, 1], CPU);
        Assert.AreEqual((4.0, 4.0), (batch.Weight, batches.Weight));
        CollectionAssert.AreEqual(new float[] { 0, 0, 1, 1, 2, 2, 3, -1, float.NaN, float.NaN, float.NaN, float.NaN }, batch.Target.data<float>().ToArray());
        CollectionAssert.AreEqual(new float[] { 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0 }, batch.Beside!.data<float>().ToArray());
        // Outputs of 1 everywhere: (1 + 1 + 0 + 0 + 1 + 1 + 4 + 4) / 2 numbers, over 4 steps.
        using Tensor output = ones(2, 3, 2).requires_grad_();
        Tensor loss = new TargetNumbersObjective().Loss(output, batch);
        loss.backward();
        Assert.AreEqual(12f / 2 / 4, loss.item<float>(), 1e-6f);
        Assert.IsTrue(output.grad!.data<float>().All(float.IsFinite));
    }

    private static void AssertRow(PairSet set, int pair, Batch batch, int row)
    {
        float[] source = Row(batch.Input.squeeze(2), row), before = Row(batch.Beside!, row), target = Row(batch.Target, row);
        int steps = set.Source.Length(pair), tokens = set.Target.Length(pair);
        double[] own = set.Target.Sequence(pair);
        CollectionAssert.AreEqual(set.Source.Sequence(pair), source[..steps].Select(value => (double)value).ToArray());
        Assert.AreEqual(steps, batch.Lengths?.data<long>()[row] ?? source.Length);
        CollectionAssert.AreEqual(own.Prepend(Boundary).ToArray(), before[..(tokens + 1)].Select(value => (double)value).ToArray());
        CollectionAssert.AreEqual(own.Append(Boundary).ToArray(), target[..(tokens + 1)].Select(value => (double)value).ToArray());
        Assert.IsTrue(target[(tokens + 1)..].All(value => value == SequenceBatches.Padding) && before[(tokens + 1)..].All(value => value == 0));
    }

    private static float[] Row(Tensor rows, int row) => rows.select(0, row).contiguous().data<float>().ToArray();

    private static PairBatches Batches(PairSet set, bool buckets, int? most) =>
        new(set, [.. Enumerable.Range(0, set.Source.Count)], new StepEncoding(ChannelScaling.None(1)), ["source"])
        {
            Boundary = Boundary,
            BucketByLength = buckets,
            MostSteps = most,
        };

    // Each pair has values of its own.
    private static PairSet Numbered(int pairs)
    {
        var set = new PairSet(new SequenceSet(1), new SequenceSet(1));
        for (int pair = 0; pair < pairs; pair++)
        {
            set.Source.Add([.. Enumerable.Range(0, 1 + pair * 7 % 23).Select(step => pair + step / 100.0f)], label: 0);
            set.Target.Add([.. Enumerable.Range(0, 1 + pair * 5 % 11).Select(step => (double)(pair + step))], label: 0);
        }

        return set;
    }
}
