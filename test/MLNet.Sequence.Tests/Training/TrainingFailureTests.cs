using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

[TestClass]
public sealed class TrainingFailureTests
{
    private static readonly TrainingOptions Options = new() { Epochs = 3, BatchSize = 8, LearningRate = 0.02 };

    [TestMethod]
    public void Weights_that_the_last_step_makes_infinite_are_reported()
    {
        // One step of a finite loss and gradient.
        var options = new TrainingOptions { Epochs = 1, BatchSize = 50, LearningRate = 3e38, Optimizer = new Sgd { WeightDecay = 1e10 } };
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(() => LoopRun.Run(options, LoopRun.Job(validation: 0))).Message,
            "a weight is not finite after step 1");
    }

    [TestMethod]
    public void A_loss_that_is_not_finite_stops_training_and_names_step_epoch_rate_and_causes()
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(
            () => LoopRun.Run(Options with { LearningRate = 1e30, ClipNorm = null, Optimizer = new Sgd() }));

        StringAssert.StartsWith(error.Message, "Training stopped: the ");
        StringAssert.Contains(error.Message, "of epoch 1 (learning rate 1E+30");
        StringAssert.Contains(error.Message, "ClipNorm");
    }

    [TestMethod]
    public void An_unscaled_column_is_named()
    {
        TrainingJob job = LoopRun.Job(validation: 0) with { Training = new NoisySums(20, 1) { Disturb = Unscale } };
        var error = Assert.ThrowsExactly<InvalidOperationException>(
            () => LoopRun.Run(Options with { LearningRate = 1e30, ClipNorm = null, Optimizer = new Sgd() }, job));
        StringAssert.Contains(error.Message, "the column 'second', whose values reach");

        static void Unscale(float[] input)
        {
            for (int i = 1; i < input.Length; i += NoisySums.Features)
                input[i] = 4000 + i;
        }
    }

    [TestMethod]
    public void A_column_that_is_not_finite_is_named()
    {
        TrainingJob job = LoopRun.Job(validation: 0) with { Training = new NoisySums(20, 1) { Disturb = input => input[2] = float.NaN } };
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => LoopRun.Run(Options, job));
        StringAssert.Contains(error.Message, "the loss is NaN at step 1 of epoch 1");
        StringAssert.Contains(error.Message, "The column 'first' holds values that are not finite.");
    }

    [TestMethod]
    public void The_last_good_checkpoint_is_left_when_training_diverges()
    {
        string folder = Directory.CreateTempSubdirectory("diverged-").FullName;
        int loads = 0;
        TrainingJob job = LoopRun.Job(validation: 0) with
        {
            Training = new NoisySums(24, 1) { Disturb = input => input[0] = ++loads > 7 ? float.NaN : input[0] },
        };
        Assert.ThrowsExactly<InvalidOperationException>(
            () => LoopRun.Run(Options with { Checkpoints = new CheckpointOptions { Directory = folder } }, job));

        // Epochs have three batches: two epochs were complete.
        StringAssert.Contains(Directory.GetFiles(folder).Max()!, "epoch-0002-");
        Directory.Delete(folder, recursive: true);
    }

    [TestMethod]
    public void Memory_that_runs_out_is_reported_with_the_shape_and_the_batch_that_fits()
    {
        TorchRuntime.EnsureLoaded();
        // 2^50 floats: libtorch refuses with its own message.
        int Work() => (int)zeros(1L << 50).numel();
        void Try(int size)
        {
            if (size > 10)
                Work();
        }

        var error = Assert.ThrowsExactly<InvalidOperationException>(() => MemoryShortage.Guard(Work, () => ([64, 7, 3], Try)));

        StringAssert.Contains(error.Message, "batch of shape [64, 7, 3]");
        StringAssert.Contains(error.Message, "A batch of 8 fits here");
    }

    [TestMethod]
    public void Other_failures_pass_unchanged()
    {
        var thrown = new InvalidOperationException("something else");
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => MemoryShortage.Guard<int>(() => throw thrown, () => ([1], _ => { })));
        Assert.AreSame(thrown, error);
    }

    [TestMethod]
    public void BFloat16_is_refused_without_a_CUDA_device()
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => LoopRun.Run(Options with { Precision = Precision.BFloat16 }));
        StringAssert.Contains(error.Message, "needs a CUDA device; training runs on cpu");
    }

    [TestMethod]
    public void Cancellation_is_seen_before_the_next_batch()
    {
        using var source = new CancellationTokenSource();
        int loads = 0;
        TrainingJob job = LoopRun.Job() with
        {
            Training = new NoisySums(50, 1) { Loaded = _ => { if (++loads == 3) source.Cancel(); } },
        };
        Assert.ThrowsExactly<OperationCanceledException>(() => LoopRun.Run(Options with { CancellationToken = source.Token }, job));
        Assert.AreEqual(3, loads);
    }

    [TestMethod]
    public void All_wrong_options_are_named_in_one_list()
    {
        TrainingOptions wrong = new()
        {
            Epochs = 0,
            BatchSize = 0,
            LearningRate = -1,
            ClipNorm = 0,
            ValidationFraction = 1,
            Optimizer = new Sgd { Momentum = 1 },
            Schedule = new StepSchedule { Gamma = 2 },
        };
        string problems = string.Join("\n", wrong.Problems());
        foreach (string name in new[] { "Epochs", "BatchSize", "LearningRate", "ClipNorm", "ValidationFraction", "Momentum", "Gamma" })
            StringAssert.Contains(problems, name);
    }
}
