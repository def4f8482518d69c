using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Tests.Training;

/// <summary>A run that is stopped in any way at any point and resumed from its checkpoint has the result of an uninterrupted run.</summary>
[TestClass]
public sealed class StoppedRunTests
{
    // 50 examples in batches of 8, with two batches per step: 4 steps per epoch, the last of one batch; 16 steps in total.
    private const int StepsInAll = 16;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"stopped-{Guid.NewGuid():N}");

    private static readonly Lazy<(float[] Weights, TrainingReport Report)> Whole = new(() => LoopRun.Run(Options));

    private static TrainingOptions Options => new()
    {
        Epochs = 4,
        BatchSize = 8,
        AccumulationSteps = 2,
        LearningRate = 0.02,
        Schedule = new PlateauSchedule(),
        Patience = null,
    };

    // A checkpoint is written only when the run stops.
    private TrainingOptions Kept => Options with { Checkpoints = new CheckpointOptions { Directory = _folder, EveryEpochs = null } };

    [TestCleanup]
    public void Clean()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(4)]
    [DataRow(5)]
    [DataRow(8)]
    [DataRow(15)]
    public void A_run_that_a_limit_of_steps_stops_continues_bit_for_bit(int steps)
    {
        LoopRun.Run(Kept with { MaxSteps = steps });
        AssertGoesOn();
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(20)]
    [DataRow(41)]
    public void A_run_that_a_limit_of_time_stops_continues_bit_for_bit(int seconds)
    {
        TrainingReport stopped = LoopRun.Run(Kept with { MaxTime = TimeSpan.FromSeconds(seconds), Clock = new EachLook() }).Report;
        StringAssert.Contains(stopped.StoppedBecause, "minutes was reached");
        AssertGoesOn();
    }

    [TestMethod]
    public void A_run_that_is_stopped_again_and_again_continues_bit_for_bit()
    {
        for (int steps = 1; steps < StepsInAll; steps += 3)
            LoopRun.Run(Kept with { MaxSteps = steps, ResumeFrom = _folder });
        AssertGoesOn();
    }

    [TestMethod]
    public void A_run_that_stopped_early_continues_bit_for_bit_with_more_patience()
    {
        TrainingOptions wild = Options with { Epochs = 8, LearningRate = 0.3 };
        (float[] whole, _) = LoopRun.Run(wild);
        TrainingReport stopped = LoopRun.Run(wild with { Patience = 1, Checkpoints = Kept.Checkpoints }).Report;
        StringAssert.Contains(stopped.StoppedBecause, "had not improved");
        CollectionAssert.AreEqual(whole, LoopRun.Run(wild with { ResumeFrom = _folder }).Weights);
    }

    [TestMethod]
    public void A_run_that_is_cancelled_while_it_reports_the_epoch_that_a_limit_cut_short_continues_bit_for_bit()
    {
        Assert.ThrowsExactly<OperationCanceledException>(() => LoopRun.Run(Kept with
        {
            MaxSteps = 6,
            Progress = new Listener(progress =>
        {
            if (progress.Finished is { Epoch: 2 })
                throw new OperationCanceledException();
        })
        }));
        AssertGoesOn();
    }

    [TestMethod]
    public void A_run_that_is_cancelled_between_its_last_step_and_its_validation_continues_bit_for_bit()
    {
        // Called before each of the 7 batches of an epoch and the 3 of its validation.
        int asked = 0;
        TrainingJob job = LoopRun.Job() with { CheckCancelled = () => { if (++asked == 18) throw new OperationCanceledException(); } };
        Assert.ThrowsExactly<OperationCanceledException>(() => LoopRun.Run(Kept, job));
        Assert.AreEqual("0001+", Path.GetFileName(Directory.GetFiles(_folder).Single()).Split('-')[3]);
        AssertGoesOn();
    }

    [TestMethod]
    public void What_stopped_inside_an_epoch_and_stops_there_again_gives_the_same_model()
    {
        (float[] first, TrainingReport report) = LoopRun.Run(Kept with { MaxSteps = 6 });
        (float[] again, TrainingReport other) = LoopRun.Run(Kept with { MaxSteps = 6, ResumeFrom = _folder });
        CollectionAssert.AreEqual(first, again);
        CollectionAssert.AreEqual(Losses(report), Losses(other));
        Assert.AreEqual(report.StoppedBecause, other.StoppedBecause);
    }

    [TestMethod]
    public void A_schedule_that_was_planned_for_another_end_is_reported()
    {
        var warnings = new List<string>();
        TrainingOptions cosine = Kept with { Schedule = new CosineSchedule() };
        LoopRun.Run(cosine with { MaxSteps = 6 });
        LoopRun.Run(cosine with { ResumeFrom = _folder }, LoopRun.Job() with { Warn = warnings.Add });
        StringAssert.Contains(warnings.Single(), "CosineSchedule was planned for 4 epochs and at most 6 steps, and is now for 4 epochs");
    }

    private void AssertGoesOn()
    {
        (float[] weights, TrainingReport report) = LoopRun.Run(Options with { ResumeFrom = _folder });
        CollectionAssert.AreEqual(Whole.Value.Weights, weights);
        CollectionAssert.AreEqual(Losses(Whole.Value.Report), Losses(report));
        CollectionAssert.AreEqual(Whole.Value.Report.Epochs.Select(epoch => epoch.Step).ToArray(), report.Epochs.Select(epoch => epoch.Step).ToArray());
        Assert.AreEqual(Whole.Value.Report.BestEpoch, report.BestEpoch);
    }

    private static double[] Losses(TrainingReport report) => [.. report.Epochs.SelectMany(epoch => new[] { epoch.Loss, epoch.ValidationLoss ?? 0 })];

    private sealed class Listener(Action<TrainingProgress> told) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => told(value);
    }

    /// <summary>Each reading of the clock adds one second.</summary>
    private sealed class EachLook : TimeProvider
    {
        private long _looks;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => ++_looks;
    }
}
