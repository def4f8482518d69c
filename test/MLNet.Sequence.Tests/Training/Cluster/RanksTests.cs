using MLNet.Sequence.Data;
using MLNet.Sequence.Tests.Torch;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

/// <summary>Trainings on several ranks, which are threads here; test/MLNet.Sequence.SystemTests has processes.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RanksTests
{
    [ClassInitialize]
    public static void Load(TestContext context) => TorchRuntime.EnsureLoaded();

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(7)]
    [DataRow(8)]
    public void A_broadcast_brings_the_bytes_of_rank_0_to_all(int size)
    {
        byte[][] received = MemoryCluster.Run(size, cluster =>
        {
            byte[] bytes = [(byte)cluster.Rank, (byte)(cluster.Rank + 5)];
            cluster.Broadcast(bytes);
            return bytes;
        });

        Assert.IsTrue(received.All(bytes => bytes is [0, 5]));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(5)]
    public void Each_value_is_shared_by_its_owner(int size)
    {
        double[][] all = MemoryCluster.Run(size, cluster =>
        {
            var ranks = new Ranks(cluster, threads: 1);
            double[] values = [.. Enumerable.Range(0, 3).Select(i => ranks.OwnerOf(i, 3) == ranks.Rank ? 1.5 + i : -1)];
            ranks.Share(values, i => ranks.OwnerOf(i, 3));
            return values;
        });

        Assert.IsTrue(all.All(values => values is [1.5, 2.5, 3.5]));
    }

    [TestMethod]
    public void Any_number_of_ranks_and_threads_gives_the_same_bits()
    {
        using var cores = new TorchWorkersTests.Cores(8);
        foreach (ShardedRun run in ShardedRun.All())
        {
            (float[] weights, double loss) = run.Train(run.Options with { Threads = 1 });
            // Five shards: in blocks that are not whole subtrees, and with a rank that has none.
            foreach ((int ranks, int threads) in ((int, int)[])[(1, 1), (2, 1), (3, 2), (4, 1), (6, 1)])
            {
                foreach ((float[] others, double other) in MemoryCluster.Run(ranks, cluster =>
                    run.Train(run.Options with { Threads = threads, Cluster = cluster })))
                {
                    CollectionAssert.AreEqual(weights, others, $"{run.Name}, {ranks} ranks of {threads} threads");
                    Assert.AreEqual(loss, other, $"{run.Name}, {ranks} ranks of {threads} threads");
                }
            }
        }
    }

    [TestMethod]
    public void A_run_stopped_inside_an_epoch_resumes_on_another_number_of_ranks_with_the_same_bits()
    {
        foreach (ShardedRun run in ShardedRun.All())
        {
            using var folder = new TemporaryFolder();
            float[] whole = run.Train(run.Options with { Threads = 1 }).Weights;
            TrainingOptions kept = run.Options with { Checkpoints = new CheckpointOptions { Directory = folder.Path } };
            MemoryCluster.Run(3, cluster => run.Train(kept with { MaxSteps = run.Inside, Cluster = cluster }));
            MemoryCluster.Run(2, cluster => run.Train(kept with { MaxSteps = run.Inside + 1, ResumeFrom = folder.Path, Cluster = cluster }));
            float[] resumed = run.Train(kept with { ResumeFrom = folder.Path }).Weights;

            CollectionAssert.AreEqual(whole, resumed, run.Name);
        }
    }

    [TestMethod]
    public void Each_rank_loads_only_the_rows_of_its_shards()
    {
        List<long>[] loaded = MemoryCluster.Run(3, cluster =>
        {
            var own = new List<long>();
            TrainingJob job = LoopRun.Job(validation: 0) with { Training = new NoisySums(count: 64, seed: 1) { Loaded = own.AddRange } };
            LoopRun.Run(new TrainingOptions { Epochs = 1, BatchSize = 64, Cluster = cluster }, job);
            return own;
        });

        // Four shards of 16 rows.
        CollectionAssert.AreEqual(new[] { 32, 16, 16 }, loaded.Select(own => own.Count).ToArray());
        Assert.AreEqual(64, loaded.SelectMany(own => own).Distinct().Count());
    }

    [TestMethod]
    public void Rank_0_alone_reports()
    {
        string[][] lines = MemoryCluster.Run(2, cluster =>
        {
            var said = new List<string>();
            TrainingJob job = LoopRun.Job() with { Info = said.Add, Warn = said.Add, Progress = _ => said.Add("progress") };
            LoopRun.Run(new TrainingOptions { Epochs = 2, Cluster = cluster, Progress = new Told(said) }, job);
            return said.ToArray();
        });

        Assert.IsTrue(lines[0].Any(line => line.StartsWith("Epoch 2/2", StringComparison.Ordinal)));
        Assert.IsEmpty(lines[1]);
    }

    [TestMethod]
    public void A_cluster_of_one_rank_and_ranks_without_shards_are_named()
    {
        var said = new List<string>();
        TrainingJob job = LoopRun.Job() with { Info = said.Add, Warn = said.Add };
        MemoryCluster.Run(1, cluster => LoopRun.Run(new TrainingOptions { Epochs = 1, Cluster = cluster }, job));
        StringAssert.Contains(said[0], "one rank");
        said.Clear();
        MemoryCluster.Run(4, cluster => LoopRun.Run(new TrainingOptions { Epochs = 1, BatchSize = 32, Cluster = cluster }, job));

        Assert.AreEqual("A batch of 32 rows has 2 shards: 2 of 4 ranks have nothing to train. With Training.BatchSize 64, all of them train.", said[0]);
    }

    [TestMethod]
    [DataRow(48, 32, 4, "2 of 4 ranks have nothing to train. There are too few training rows for 4 shards of 16: start fewer ranks.")]
    [DataRow(1000, 32, 20, "18 of 20 ranks have nothing to train. With Training.BatchSize 256, 16 of them train, the most that have shards.")]
    public void A_warning_of_idle_ranks_advises_what_is_possible(int rows, int batchSize, int ranks, string expected) =>
        StringAssert.EndsWith(IdleRanks.Warning(new NoisySums(rows, seed: 1), batchSize, ranks)!, expected);

    [TestMethod]
    public void Ranks_share_batches_by_their_own_size_and_not_by_the_option_that_they_ignore()
    {
        // 64 pairs of 4 steps each: four shards, whatever BatchSize is.
        var sequences = new SequenceSet(1, null);
        for (int row = 0; row < 640; row++)
            sequences.Add(new double[3], new double[3]);
        var pairs = new PairBatches(
            new PairSet(sequences, sequences), [.. Enumerable.Range(0, 640)], new StepEncoding(ChannelScaling.None(1)), ["a"])
        {
            Boundary = 5,
            MostSteps = 64 * 4,
        };

        Assert.IsNull(IdleRanks.Warning(pairs, batchSize: 16, ranks: 4));
        StringAssert.EndsWith(IdleRanks.Warning(pairs, batchSize: 16, ranks: 6)!, "With a StepsPerBatch for 96 rows, all of them train.");
    }

    [TestMethod]
    public void A_report_names_ranks_and_threads()
    {
        (_, TrainingReport report) = MemoryCluster.Run(2, cluster => LoopRun.Run(new TrainingOptions { Epochs = 1, Cluster = cluster }))[0];

        Assert.AreEqual("2 ranks of 1 thread (one for each rank)", report.Threads);
    }

    [TestMethod]
    public void The_learning_rate_finder_has_the_same_curve()
    {
        var options = new TrainingOptions { BatchSize = 40 };
        LearningRateCurve Find(TrainingCluster? cluster)
        {
            using TorchNetwork network = LoopRun.Network();
            return LearningRateFinder.Run(network, LoopRun.Job(examples: 100), options with { Cluster = cluster }, steps: 20);
        }

        LearningRateCurve alone = Find(null);

        Assert.IsTrue(MemoryCluster.Run(2, Find).All(curve => curve.Equals(alone)));
    }

    [TestMethod]
    public void The_learning_rate_finder_speaks_on_rank_0_alone()
    {
        string[][] lines = MemoryCluster.Run(2, cluster =>
        {
            var said = new List<string>();
            using TorchNetwork network = LoopRun.Network();
            TrainingJob job = LoopRun.Job(examples: 100) with { Info = said.Add, Warn = said.Add, Progress = _ => said.Add("progress") };
            LearningRateFinder.Run(network, job, new TrainingOptions { BatchSize = 40, Threads = 1_000, Cluster = cluster }, steps: 20);
            return said.ToArray();
        });

        StringAssert.StartsWith(lines[0].Single(), "Training.Threads is 1000; this machine has ");
        Assert.IsEmpty(lines[1]);
    }

    private sealed class Told(List<string> said) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => said.Add("progress");
    }
}
