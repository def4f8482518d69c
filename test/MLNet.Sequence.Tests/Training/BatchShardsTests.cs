using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Torch;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

/// <summary>Batches of several shards, on several threads.</summary>
[TestClass]
[DoNotParallelize]
public sealed class BatchShardsTests
{
    [ClassInitialize]
    public static void Load(TestContext context) => TorchRuntime.EnsureLoaded();

    [TestMethod]
    [DataRow(5, "5")]
    [DataRow(16, "16")]
    [DataRow(33, "16 16 1")]
    [DataRow(256, "16 16 16 16 16 16 16 16 16 16 16 16 16 16 16 16")]
    [DataRow(300, "32 32 32 32 32 32 32 32 32 12")]
    public void A_batch_is_cut_by_its_rows(int rows, string expected)
    {
        long[] examples = [.. Enumerable.Range(0, rows).Select(row => 7L * row)];
        long[][] parts = BatchShards.Cut(examples, CPU);

        Assert.AreEqual(expected, string.Join(" ", parts.Select(part => part.Length)));
        CollectionAssert.AreEqual(examples, parts.SelectMany(part => part).ToArray());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(7)]
    [DataRow(16)]
    public void The_tree_adds_every_shard_once(int count)
    {
        long[] sums = [.. Enumerable.Range(0, count).Select(i => 1L << i)];
        foreach ((int to, int from) in BatchShards.Tree(count).SelectMany(level => level))
        {
            sums[to] += sums[from];
            sums[from] = 0;
        }

        Assert.AreEqual((1L << count) - 1, sums[0]);
        Assert.IsTrue(sums.Skip(1).All(sum => sum == 0));
    }

    [TestMethod]
    [DataRow(1, "0")]
    [DataRow(2, "(0+1)")]
    [DataRow(5, "(((0+1)+(2+3))+4)")]
    [DataRow(6, "(((0+1)+(2+3))+(4+5))")]
    [DataRow(7, "(((0+1)+(2+3))+((4+5)+6))")]
    public void The_tree_adds_neighbours_first(int count, string expected)
    {
        string[] sums = [.. Enumerable.Range(0, count).Select(i => $"{i}")];
        foreach ((int to, int from) in BatchShards.Tree(count).SelectMany(level => level))
            sums[to] = $"({sums[to]}+{sums[from]})";

        Assert.AreEqual(expected, sums[0]);
    }

    [TestMethod]
    public void The_gradient_of_shards_is_that_of_the_whole_batch()
    {
        // A shard has dropout masks of its own.
        foreach (ShardedRun run in ShardedRun.All().Where(run => run.Name != "dropout"))
        {
            using var scope = NewDisposeScope();
            using TorchNetwork sharded = run.Network(), whole = run.Network();
            foreach (ITorchConstraint constraint in whole.Constraints)
                constraint.Project();
            TrainingOptions options = run.Options with { Optimizer = new Sgd(), ClipNorm = null };
            using var step = new TrainingStep(sharded, run.Job, options, new Ranks(cluster: null, threads: 2));
            long[] examples = run.Job.Training.Order(70, seed: 4).First();
            ShardLoss loss = step.Accumulate(examples, stepWeight: 100, maskSeed: 0);
            step.Advance(rate: 1);

            // Independent: all rows in one pass of another network.
            Batch batch = run.Job.Training.Load(examples, CPU);
            Tensor expected = run.Job.Objective.For(whole.Parameters).Loss(whole.Forward(batch.Input, new TorchPass { Lengths = batch.Lengths }), batch);
            expected.Mul(batch.Weight / 100).backward();
            using var noGrad = no_grad();
            whole.Parameters.Values.sub_(whole.Parameters.Gradients);
            foreach (ITorchConstraint constraint in whole.Constraints)
                constraint.Project();

            Assert.AreEqual(expected.item<float>(), loss.Mean, 1e-5, run.Name);
            Assert.AreEqual(batch.Weight, loss.Weight, 1e-9, run.Name);
            float apart = (sharded.Parameters.Values - whole.Parameters.Values).abs().max().item<float>();
            Assert.IsLessThan(1e-5f * Math.Max(1, whole.Parameters.Gradients.abs().max().item<float>()), apart, run.Name);
        }
    }

    [TestMethod]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        using var cores = new TorchWorkersTests.Cores(8);
        foreach (ShardedRun run in ShardedRun.All())
        {
            (float[] weights, double loss) = run.Train(run.Options with { Threads = 1 });
            foreach (int threads in (int[])[2, 3, 8])
            {
                (float[] others, double other) = run.Train(run.Options with { Threads = threads });
                CollectionAssert.AreEqual(weights, others, $"{run.Name}, {threads} threads");
                Assert.AreEqual(loss, other, $"{run.Name}, {threads} threads");
            }
        }
    }

    [TestMethod]
    public void A_run_that_resumes_with_the_state_of_a_later_shard_alone_has_the_same_bits()
    {
        var run = ShardedRun.OfUnequalShards();
        foreach (int ranks in (int[])[1, 2])
        {
            using var folder = new TemporaryFolder();
            float[] whole = run.Train(run.Options).Weights;
            TrainingOptions kept = run.Options with { Checkpoints = new CheckpointOptions { Directory = folder.Path } };
            float[] stopped = run.Train(kept with { MaxSteps = run.Inside }).Weights;
            float[][] resumed = MemoryCluster.Run(ranks, cluster => run.Train(kept with { ResumeFrom = folder.Path, Cluster = cluster }).Weights);

            CollectionAssert.AreNotEqual(whole, stopped);
            foreach (float[] weights in resumed)
                CollectionAssert.AreEqual(whole, weights, $"{ranks} ranks");
        }
    }

    [TestMethod]
    public void A_run_stopped_inside_an_epoch_resumes_on_another_number_of_threads_with_the_same_bits()
    {
        using var cores = new TorchWorkersTests.Cores(8);
        foreach (ShardedRun run in ShardedRun.All())
        {
            string folder = Directory.CreateTempSubdirectory("shards-").FullName;
            float[] whole = run.Train(run.Options with { Threads = 1 }).Weights;
            TrainingOptions kept = run.Options with { Threads = 3, Checkpoints = new CheckpointOptions { Directory = folder } };
            run.Train(kept with { MaxSteps = run.Inside });
            float[] resumed = run.Train(kept with { Threads = 2, ResumeFrom = folder }).Weights;
            Directory.Delete(folder, recursive: true);

            CollectionAssert.AreEqual(whole, resumed, run.Name);
        }
    }
}
