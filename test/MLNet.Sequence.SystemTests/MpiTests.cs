using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using MLNet.Sequence.Distributed;

namespace MLNet.Sequence.SystemTests;

/// <summary>Trains with real processes over Open MPI, which must be installed (Debian: openmpi-bin, libopenmpi-dev).</summary>
[TestClass]
[DoNotParallelize]
public sealed class MpiTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mpi-").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("lstm")]
    [DataRow("tcn")]
    [DataRow("chunks")]
    [DataRow("stops-early")]
    public void Any_number_of_ranks_gives_the_bits_of_a_run_without_a_cluster(string job)
    {
        Finish(TrainRun.Alone(job, At("alone"), "alone=1"));
        Finish(TrainRun.Alone(job, At("ranks-0"), "threads=2"));
        AssertSame("alone", "ranks-0", rank: 0);
        foreach (int ranks in (int[])[1, 2, 4])
        {
            Finish(TrainRun.On(ranks, job, At($"ranks-{ranks}")));
            for (int rank = 0; rank < ranks; rank++)
                AssertSame("alone", $"ranks-{ranks}", rank);
        }

        if (job == "stops-early")
            StringAssert.Contains(File.ReadAllText(At("alone.0.txt")), "had not improved for 2 epochs");
    }

    [TestMethod]
    [DataRow("tcn")]
    [DataRow("chunks")]
    public void A_killed_rank_ends_all_and_the_run_resumes_on_another_number_of_ranks_with_the_same_bits(string job)
    {
        Finish(TrainRun.Alone(job, At("whole"), "alone=1"));
        string checkpoints = At("checkpoints");
        using (TrainRun killed = TrainRun.On(4, job, At("killed"), $"checkpoints={checkpoints}", "pauses=1"))
        {
            killed.Await("paused");
            Dictionary<int, int> processes = killed.Processes;
            Assert.HasCount(4, processes);
            using (var one = Process.GetProcessById(processes[2]))
                one.Kill();
            Assert.AreNotEqual(0, killed.Finish());
            StringAssert.Contains(killed.Errors, "signal 9");
            Assert.IsTrue(processes.Values.All(HasEnded));
        }

        Assert.IsFalse(File.Exists(At("killed.0")));
        using (TrainRun resumed = TrainRun.On(2, job, At("resumed"), $"checkpoints={checkpoints}", $"resume={checkpoints}"))
        {
            Assert.AreEqual(0, resumed.Finish(), resumed.Errors);
            StringAssert.Contains(resumed.Output, "Resumed from");
        }

        AssertSame("whole", "resumed", rank: 0);
        AssertSame("whole", "resumed", rank: 1);
        // From a checkpoint inside the second epoch, without a cluster.
        string inside = Directory.GetFiles(checkpoints, "*-epoch-0001+-*").Order(StringComparer.Ordinal).First();
        Finish(TrainRun.Alone(job, At("single"), "alone=1", $"resume={inside}"));
        AssertSame("whole", "single", rank: 0);
    }

    [TestMethod]
    public void An_exception_in_training_on_one_rank_ends_all_with_one_message() =>
        AssertEnds(TrainRun.On(3, "lstm", At("fails"), "fails=2"),
            "Training failed on rank 2 of 3, so all ranks end: System.IO.IOException: The clock of this rank has stopped.");

    [TestMethod]
    public void An_exception_outside_training_on_one_rank_ends_all_with_one_message() =>
        AssertEnds(TrainRun.On(3, "lstm", At("throws"), "throws=1"),
            "Rank 1 of 3 failed, so all ranks end: System.IO.InvalidDataException: This rank has no data.");

    [TestMethod]
    [DataRow(1, 0)]
    [DataRow(0, 1)]
    public void A_rank_that_leaves_while_the_other_trains_ends_both_with_one_message(int leaves, int trains) =>
        AssertEnds(TrainRun.On(2, "lstm", At("leaves"), $"leaves={leaves}"),
            $"Rank {leaves} left the cluster while rank {trains} trains, so all ranks end: all ranks must call Fit in the same order.");

    [TestMethod]
    public void A_rank_that_leaves_while_several_train_ends_all_with_one_message()
    {
        // Whichever of the two sees it first says so.
        string errors = AssertEnds(TrainRun.On(3, "lstm", At("leaves"), "leaves=0"), "Rank 0 left the cluster while rank ");
        StringAssert.Matches(errors, new Regex("rank [12] trains, so all ranks end"));
    }

    [TestMethod]
    public void A_message_that_is_too_long_ends_all_with_one_message_that_says_so() =>
        AssertEnds(TrainRun.On(2, "lstm", At("long"), "sends=1"),
            "Rank 1 is at another point of the program than rank 0, so all ranks end: all ranks must call Fit in the same order, with the same rows and "
                + "options. Rank 0 expects 4 bytes, and rank 1 sent more.");

    [TestMethod]
    public void Ranks_with_other_instruction_sets_are_refused_with_one_message()
    {
        string errors = AssertEnds(TrainRun.OnTwo("DOTNET_EnableAVX2=0", "lstm", At("sets")), "The ranks of Training.Cluster differ:");
        StringAssert.Contains(errors, "instruction sets: ");
        StringAssert.Contains(errors, "on rank 0, AVX on rank 1");
    }

    [TestMethod]
    public void Without_mpirun_the_cluster_has_one_rank_and_says_so()
    {
        using TrainRun run = TrainRun.Alone("lstm", At("one"));
        Assert.AreEqual(0, run.Finish(), run.Errors);
        StringAssert.Contains(run.Output, "rank 0 of 1");
        StringAssert.Contains(run.Output, "Training.Cluster has one rank: this process trains alone.");
    }

    [TestMethod]
    public void The_library_is_looked_for_again_after_a_start_that_failed()
    {
        OpenMpi.UseResolver();
        OpenMpi.UseResolver();
    }

    [TestMethod]
    public void A_missing_Open_MPI_is_named_with_what_to_install()
    {
        var missing = Assert.ThrowsExactly<InvalidOperationException>(() => OpenMpi.Load("libnone.so.1", "libnone.so"));
        StringAssert.StartsWith(missing.Message, "Open MPI was not found (tried libnone.so.1, libnone.so). Install it on all machines: on Debian");
    }

    // mpirun does not wait for those that it kills.
    private static bool HasEnded(int process)
    {
        try
        {
            using var one = Process.GetProcessById(process);
            return one.WaitForExit(TimeSpan.FromMinutes(1));
        }
        catch (ArgumentException)
        {
            // There is no such process any more.
            return true;
        }
    }

    private static void Finish(TrainRun run)
    {
        using (run)
            Assert.AreEqual(0, run.Finish(), run.Errors + run.Output);
    }

    // The message stands there once; the rest is mpirun's own.
    private static string AssertEnds(TrainRun run, string message)
    {
        using (run)
        {
            Assert.AreNotEqual(0, run.Finish(), run.Output);
            string errors = run.Errors;
            Assert.AreEqual(2, errors.Split(message).Length, errors);
            Assert.AreEqual(2, errors.Split("so all ranks end").Length, errors);
            return errors;
        }
    }

    private string At(string name) => Path.Combine(_folder, name);

    private void AssertSame(string expected, string actual, int rank)
    {
        string place = string.Create(CultureInfo.InvariantCulture, $"{actual}, rank {rank}");
        byte[] weights = File.ReadAllBytes(At($"{expected}.0"));
        Assert.IsGreaterThan(100, weights.Length);
        CollectionAssert.AreEqual(weights, File.ReadAllBytes(At($"{actual}.{rank}")), place);
        Assert.AreEqual(File.ReadAllText(At($"{expected}.0.txt")), File.ReadAllText(At($"{actual}.{rank}.txt")), place);
    }
}
