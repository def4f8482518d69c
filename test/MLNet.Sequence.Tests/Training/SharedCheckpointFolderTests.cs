using MLNet.Sequence.Layers;
using MLNet.Sequence.Model;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Tests.Training;

/// <summary>Checkpoints of several runs in one folder.</summary>
[TestClass]
public sealed class SharedCheckpointFolderTests
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"shared-{Guid.NewGuid():N}");

    private TrainingOptions Options => new() { Epochs = 4, BatchSize = 16, Patience = null, Checkpoints = new CheckpointOptions { Directory = _folder } };

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void A_run_in_the_folder_of_a_finished_one_keeps_its_own_checkpoints_and_comes_back_as_itself()
    {
        LoopRun.Run(Options with { LearningRate = 0.3 });
        string[] first = Files();
        var warnings = new List<string>();
        Cancelled(Options with { LearningRate = 0.01 }, epoch: 2, warnings);
        string[] second = [.. Files().Except(first)];

        CollectionAssert.IsSubsetOf(first, Files());
        CollectionAssert.AreEqual(new[] { "0001", "0002" }, second.Select(file => file.Split('-')[3]).ToArray());
        StringAssert.Contains(warnings.Single(), first[0]);
        StringAssert.Contains(warnings.Single(), "not changed");
        (float[] alone, _) = LoopRun.Run(Options with { LearningRate = 0.01, Checkpoints = null });
        (float[] resumed, TrainingReport report) = LoopRun.Run(Options with { LearningRate = 0.01, ResumeFrom = _folder });
        CollectionAssert.AreEqual(alone, resumed);
        Assert.IsTrue(report.Epochs.All(epoch => Math.Abs(epoch.LearningRate - 0.01) < 1e-6));
        CollectionAssert.IsSubsetOf(first, Files());
    }

    [TestMethod]
    public void The_other_run_is_resumed_from_a_file_of_its_own()
    {
        Cancelled(Options with { LearningRate = 0.3 }, epoch: 2);
        string mine = Path.Combine(_folder, Files().Last());
        LoopRun.Run(Options with { LearningRate = 0.01 });
        var error = Assert.ThrowsExactly<FormatException>(() => LoopRun.Run(Options with { LearningRate = 0.3, ResumeFrom = _folder }));
        StringAssert.Contains(error.Message, "Training.LearningRate: 0.01 in the checkpoint, 0.3 in this run");
        CollectionAssert.AreEqual(LoopRun.Run(Options with { LearningRate = 0.3, Checkpoints = null }).Weights,
            LoopRun.Run(Options with { LearningRate = 0.3, ResumeFrom = mine }).Weights);
    }

    [TestMethod]
    public void A_run_that_continues_from_an_earlier_point_leaves_the_later_checkpoints_alone()
    {
        LoopRun.Run(Options with { Checkpoints = Options.Checkpoints! with { Keep = 9 } });
        string[] first = Files();
        Cancelled(Options with { ResumeFrom = Path.Combine(_folder, first[0]) }, epoch: 3);
        CollectionAssert.IsSubsetOf(first, Files());
        Assert.IsGreaterThan(first.Length, Files().Length);
    }

    [TestMethod]
    public void Epochs_of_five_digits_are_found_and_pruned_as_others_are()
    {
        Directory.CreateDirectory(_folder);
        foreach (int epoch in new[] { 9_999, 10_000, 10_001 })
            File.WriteAllText(Path.Combine(_folder, new CheckpointName("ab", 1_000_000_000L + epoch, epoch, Inside: false).ToString()), "");
        Assert.AreEqual("checkpoint-1000010001-epoch-10001-ab.safetensors", Path.GetFileName(TrainingCheckpoints.Newest(_folder)));
        CheckpointFolder.Prune(_folder, new TrainingState { Seed = 1, Run = "ab", BestEpoch = 9_999 }, keep: 1);
        CollectionAssert.AreEquivalent(new[] { 9_999, 10_001 }, Files().Select(file => CheckpointName.Of(file)!.Value.Epochs).ToArray());
    }

    [TestMethod]
    public void A_checkpoint_of_an_earlier_version_is_refused_with_a_message()
    {
        LoopRun.Run(Options with { Epochs = 1 });
        string file = Path.Combine(_folder, Files().Single());
        Weights tensors = Safetensors.Read(File.ReadAllBytes(file), out string? state);
        string old = Path.Combine(_folder, "checkpoint-000000004-epoch-0001.safetensors");
        // As an earlier version wrote it: without fingerprints, and without a run in its name.
        using (FileStream stream = File.Create(old))
            Safetensors.Write(stream, tensors, state!.Replace("Fingerprints", "fingerprints", StringComparison.Ordinal));
        File.Delete(file);
        var error = Assert.ThrowsExactly<FormatException>(() => LoopRun.Run(Options with { ResumeFrom = _folder }));
        StringAssert.Contains(error.Message, "written by an earlier version");
        StringAssert.Contains(error.Message, Path.GetFileName(old));
        LoopRun.Run(Options);
        Assert.IsTrue(File.Exists(old));
    }

    private static void Cancelled(TrainingOptions options, int epoch, List<string>? warnings = null)
    {
        using var stop = new CancellationTokenSource();
        TrainingJob job = LoopRun.Job() with
        {
            Warn = warning => warnings?.Add(warning),
            Progress = progress =>
            {
                if (progress.Finished?.Epoch == epoch)
                    stop.Cancel();
            },
        };
        Assert.ThrowsExactly<OperationCanceledException>(() => LoopRun.Run(options with { CancellationToken = stop.Token }, job));
    }

    private string[] Files() => [.. Directory.GetFiles(_folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
}
