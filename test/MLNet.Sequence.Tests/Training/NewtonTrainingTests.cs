using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Training;

/// <summary>Training whose recurrent layers run by Newton's method.</summary>
[TestClass]
public sealed class NewtonTrainingTests
{
    private static readonly TrainingOptions Plain = new() { Epochs = 3, BatchSize = 40, Optimizer = new Sgd(), LearningRate = 0.05 };

    [TestMethod]
    public void It_ends_where_training_step_by_step_ends_and_reports_the_residual()
    {
        (float[] plain, TrainingReport without) = LoopRun.Run(Plain);
        (float[] newton, TrainingReport with) = LoopRun.Run(Plain with { NewtonIterations = 20 });
        Close.AssertEqual(Close.Doubles(plain), Close.Doubles(newton), 1e-4, "weights after training");
        Assert.IsTrue(without.Epochs.All(epoch => epoch.Newton is null));
        foreach (EpochReport epoch in with.Epochs)
        {
            // 50 examples in batches of 40 and 10, in shards of 16 or 10 rows, through two layers.
            Assert.AreEqual(2 * (3 + 1), epoch.Newton!.Passes);
            Assert.AreEqual(0, epoch.Newton.StepByStep);
            Assert.IsInRange(1, 20, epoch.Newton.MeanIterations);
            Assert.IsInRange(1e-9, 64 * 1.2e-7, epoch.Newton.Residual);
        }

        StringAssert.Contains(with.ToString(), "0 of 24 passes step by step");
        Assert.DoesNotContain("Newton", without.ToString());
    }

    [TestMethod]
    public void What_does_not_converge_is_trained_step_by_step_with_one_warning()
    {
        List<string> warnings = [];
        (float[] plain, _) = LoopRun.Run(Plain);
        (float[] newton, TrainingReport report) = LoopRun.Run(Plain with { NewtonIterations = 1 }, LoopRun.Job() with { Warn = warnings.Add });
        CollectionAssert.AreEqual(plain, newton);
        Assert.IsTrue(report.Epochs.All(epoch => epoch.Newton is { StepByStep: 8, Passes: 8, Residual: 0 }));
        string warning = Assert.ContainsSingle(warnings);
        StringAssert.Contains(warning, "did not converge within 1 iterations in 8 of 8 passes of epoch 1");
    }

    [TestMethod]
    public void Any_number_of_threads_gives_the_same_bits_and_the_same_report()
    {
        TrainingOptions options = Plain with { NewtonIterations = 20 };
        (float[] one, TrainingReport alone) = LoopRun.Run(options with { Threads = 1 });
        (float[] three, TrainingReport together) = LoopRun.Run(options with { Threads = 3 });
        CollectionAssert.AreEqual(one, three);
        CollectionAssert.AreEqual(alone.Epochs.Select(epoch => epoch.Newton).ToArray(), together.Epochs.Select(epoch => epoch.Newton).ToArray());
    }

    [TestMethod]
    public void A_run_that_was_stopped_inside_an_epoch_reports_the_whole_epoch()
    {
        using var folder = new TemporaryFolder();
        TrainingOptions options = Plain with { NewtonIterations = 20, Checkpoints = new CheckpointOptions { Directory = folder.Path } };
        (_, TrainingReport whole) = LoopRun.Run(Plain with { NewtonIterations = 20 });
        LoopRun.Run(options with { MaxSteps = 3 });
        (_, TrainingReport resumed) = LoopRun.Run(options with { ResumeFrom = folder.Path });
        CollectionAssert.AreEqual(whole.Epochs.Select(epoch => epoch.Newton).ToArray(), resumed.Epochs.Select(epoch => epoch.Newton).ToArray());
    }

    [TestMethod]
    public void Bad_numbers_are_refused()
    {
        string[] problems = [.. new TrainingOptions { NewtonIterations = 0, Truncation = 2, ParallelWarmUp = 2 }.Problems()];
        CollectionAssert.AreEquivalent(
            new[]
            {
                "Training.NewtonIterations must be at least 1; found 0.", "Training.NewtonIterations and ParallelWarmUp exclude each other.",
                "Training.NewtonIterations and Truncation exclude each other.",
            },
            problems);
    }
}
