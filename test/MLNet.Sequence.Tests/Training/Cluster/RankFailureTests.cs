using MLNet.Sequence.Tests.Torch;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using static TorchSharp.torch;
using Outcome = MLNet.Sequence.Tests.Training.MemoryCluster.Outcome<float[]>;

namespace MLNet.Sequence.Tests.Training;

/// <summary>Ranks that differ, fail, or are asked to stop.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RankFailureTests
{
    private static readonly TrainingOptions Options = new() { Epochs = 3, BatchSize = 40, Patience = null };

    [ClassInitialize]
    public static void Load(TestContext context) => TorchRuntime.EnsureLoaded();

    [TestMethod]
    public void Ranks_that_differ_are_refused_with_one_message_that_names_the_differences()
    {
        AssertRefused(rank => (Options with { LearningRate = rank == 1 ? 0.1 : 0.2 }, LoopRun.Job()),
            "Training.LearningRate: 0.2 on rank 0, 0.1 on rank 1");
        AssertRefused(rank => (Options with { Epochs = 3 + rank }, LoopRun.Job()), "Training.Epochs: 3 on rank 0, 4 on rank 1");
        AssertRefused(rank => (Options, LoopRun.Job() with { Seed = 5 + rank }), "seed (Training.Seed, or that of the MLContext): 5 on rank 0, 6 on rank 1");
        AssertRefused(rank => (Options, LoopRun.Job(examples: 50 + rank)), "training rows: 50 (SHA-256 ");
        AssertRefused(rank => (Options, LoopRun.Job(validation: rank)), "validation rows: none on rank 0, 1 (SHA-256 ");
    }

    [TestMethod]
    public void Facts_of_another_machine_are_named()
    {
        byte[] Facts(string width, string version) => RankFacts.ToBytes(new Dictionary<string, string> { ["vector width"] = width, ["TorchSharp"] = version });
        string message = RankFacts.Differences([Facts("512 bits", "0.107"), Facts("512 bits", "0.107"), Facts("256 bits", "0.108")]);

        Assert.AreEqual("The ranks of Training.Cluster differ:\nvector width: 512 bits on rank 0, 256 bits on rank 2\nTorchSharp: 0.107 on rank 0, 0.108 on "
            + "rank 2\nAll ranks must run the same program with the same rows and options, on processors with the same instruction sets.", message);
        Assert.AreEqual("", RankFacts.Differences([Facts("512 bits", "0.107"), Facts("512 bits", "0.107")]));
        Dictionary<string, string> own;
        using (TorchNetwork network = LoopRun.Network())
            own = RankFacts.Of(network, LoopRun.Job(), Options);
        CollectionAssert.IsSubsetOf(
            new[] { "MLNet.Sequence", "TorchSharp", ".NET", "processor", "vector width", "instruction sets", "initial weights" }, own.Keys);
    }

    [TestMethod]
    public void Ranks_that_train_apart_are_found_after_the_epoch()
    {
        Outcome[] outcomes = MemoryCluster.Outcomes(2, cluster =>
        {
            using TorchNetwork network = LoopRun.Network();
            TrainingJob job = LoopRun.Job() with { CheckCancelled = () => Spoil(network, cluster.Rank) };
            using var trainer = new Trainer(network, job, Options with { Cluster = cluster });
            trainer.Run();
            return LoopRun.Values(network);
        });

        foreach (Outcome outcome in outcomes)
            StringAssert.Contains(outcome.Failure!.Message, "weights after step 2: SHA-256 ");
    }

    [TestMethod]
    public void A_loss_that_is_not_finite_is_told_on_all_ranks()
    {
        TrainingOptions wild = Options with { LearningRate = 1e30, ClipNorm = null };
        Outcome[] outcomes = MemoryCluster.Outcomes(2, cluster => LoopRun.Run(wild with { Cluster = cluster }).Weights);

        foreach (Outcome outcome in outcomes)
        {
            Assert.IsInstanceOfType<InvalidOperationException>(outcome.Failure);
            StringAssert.StartsWith(outcome.Failure.Message, "Training stopped: ");
        }
    }

    [TestMethod]
    public void A_failure_of_one_rank_ends_all_with_its_message()
    {
        Outcome[] outcomes = MemoryCluster.Outcomes(3, cluster => LoopRun.Run(Options with { Cluster = cluster }, LoopRun.Job() with
        {
            CheckCancelled = () =>
            {
                if (cluster.Rank == 2)
                    throw new IOException("The disk is gone.");
            },
        }).Weights);

        foreach (Outcome outcome in outcomes)
        {
            Assert.IsInstanceOfType<MemoryCluster.AbortedException>(outcome.Failure);
            StringAssert.StartsWith(outcome.Failure.Message, "Training failed on rank 2 of 3, so all ranks end: System.IO.IOException: The disk is gone.");
        }
    }

    [TestMethod]
    public void A_checkpoint_that_one_rank_cannot_read_is_told_on_all()
    {
        using var folder = new TemporaryFolder();
        LoopRun.Run(Options with { Epochs = 1, Checkpoints = new CheckpointOptions { Directory = folder.Path } });
        string file = Directory.GetFiles(folder.Path).Single();
        byte[] bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..^4]);
        Outcome[] outcomes = MemoryCluster.Outcomes(2, cluster => LoopRun.Run(Options with { ResumeFrom = folder.Path, Cluster = cluster }).Weights);

        foreach (Outcome outcome in outcomes)
        {
            Assert.IsInstanceOfType<FormatException>(outcome.Failure);
            StringAssert.Contains(outcome.Failure.Message, "is damaged");
        }
    }

    [TestMethod]
    public void A_failure_of_one_rank_alone_is_told_on_the_others()
    {
        Outcome[] outcomes = MemoryCluster.Outcomes(3, cluster =>
        {
            new Ranks(cluster, threads: 1).Together(() =>
            {
                if (cluster.Rank == 1)
                    throw new FileNotFoundException("There is no file.");
            });
            return Array.Empty<float>();
        });

        Assert.IsInstanceOfType<FileNotFoundException>(outcomes[1].Failure);
        foreach (int other in (int[])[0, 2])
            Assert.AreEqual("Rank 1 failed: FileNotFoundException: There is no file.", outcomes[other].Failure!.Message);
    }

    [TestMethod]
    public void A_rank_that_is_asked_to_stop_stops_all_and_the_run_resumes_with_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        TrainingOptions options = Options with { BatchSize = 20 };
        float[] whole = LoopRun.Run(options).Weights;
        using var asked = new CancellationTokenSource();
        using var never = new CancellationTokenSource();
        Outcome[] outcomes = MemoryCluster.Outcomes(2, cluster =>
        {
            int checks = 0;
            TrainingJob job = LoopRun.Job() with { CheckCancelled = () => { if (++checks == 4) asked.Cancel(); } };
            TrainingOptions kept = options with { Checkpoints = new CheckpointOptions { Directory = folder.Path }, Cluster = cluster };
            return LoopRun.Run(kept with { CancellationToken = cluster.Rank == 1 ? asked.Token : never.Token }, job).Weights;
        });

        // Who waits for the token of its own options sees it, also on a rank that was not asked itself.
        Assert.AreEqual(never.Token, Assert.IsInstanceOfType<OperationCanceledException>(outcomes[0].Failure).CancellationToken);
        Assert.AreEqual(asked.Token, Assert.IsInstanceOfType<OperationCanceledException>(outcomes[1].Failure).CancellationToken);
        CollectionAssert.AreEqual(whole, LoopRun.Run(options with { ResumeFrom = folder.Path }).Weights);
    }

    [TestMethod]
    public void Time_is_that_of_rank_0()
    {
        long[] steps = MemoryCluster.Run(2, cluster =>
        {
            var clock = new SetClock();
            TrainingJob job = LoopRun.Job(validation: 0) with { CheckCancelled = () => clock.Advance(cluster.Rank == 0 ? 1_000 : 1_000_000) };
            return LoopRun.Run(Options with { MaxTime = TimeSpan.FromSeconds(2.5), Clock = clock, Cluster = cluster }, job).Report.Epochs[^1].Step;
        });

        CollectionAssert.AreEqual(new long[] { 3, 3 }, steps);
    }

    [TestMethod]
    public void A_cluster_trains_one_model_at_a_time()
    {
        Outcome[] outcomes = MemoryCluster.Outcomes(2, cluster =>
        {
            TrainingJob inner = LoopRun.Job() with { Progress = _ => LoopRun.Run(Options with { Cluster = cluster }) };
            return LoopRun.Run(Options with { Cluster = cluster }, inner).Weights;
        });

        StringAssert.Contains(outcomes[0].Failure!.Message, "a cluster trains one at a time");
    }

    private static void AssertRefused(Func<int, (TrainingOptions Options, TrainingJob Job)> of, string expected)
    {
        Outcome[] outcomes = MemoryCluster.Outcomes(2, cluster =>
        {
            (TrainingOptions options, TrainingJob job) = of(cluster.Rank);
            return LoopRun.Run(options with { Cluster = cluster }, job).Weights;
        });
        foreach (Outcome outcome in outcomes)
        {
            Assert.IsInstanceOfType<InvalidOperationException>(outcome.Failure);
            StringAssert.StartsWith(outcome.Failure.Message, "The ranks of Training.Cluster differ:\n");
            StringAssert.Contains(outcome.Failure.Message, expected);
        }

        Assert.AreEqual(outcomes[0].Failure!.Message, outcomes[1].Failure!.Message);
    }

    private static void Spoil(TorchNetwork network, int rank)
    {
        using var noGrad = no_grad();
        if (rank == 1)
            network.Parameters.Values[0].copy_(network.Parameters.Values[1]);
    }
}
