using MLNet.Sequence.Layers;
using MLNet.Sequence.Model;
using MLNet.Sequence.Tests.Torch;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

[TestClass]
public sealed class TrainerTests
{
    private static readonly TrainingOptions Options = new() { Epochs = 3, BatchSize = 8, LearningRate = 0.02 };

    [TestMethod]
    public void Threads_above_the_cores_are_capped_with_a_word()
    {
        int cores = Environment.ProcessorCount;
        string? told = null;
        (_, TrainingReport report) = LoopRun.Run(new TrainingOptions { Epochs = 1, Threads = cores + 62 }, LoopRun.Job() with { Warn = line => told = line });

        StringAssert.StartsWith(report.Threads, $"{cores} thread");
        StringAssert.Contains(told, $"Training.Threads is {cores + 62}; this machine has {cores} core");
    }

    [TestMethod]
    public void Training_learns()
    {
        (_, TrainingReport report) = LoopRun.Run(Options with { Epochs = 30, Patience = null }, LoopRun.Job(examples: 200));

        // At least half of the target's variance, 1 / 12, is explained.
        Assert.IsLessThan(0.5 / 12, report.Epochs[^1].ValidationLoss!.Value);
    }

    [TestMethod]
    public void The_same_seed_gives_the_same_bits_and_another_seed_does_not()
    {
        float[] first = LoopRun.Run(Options).Weights;
        LoopRun.Run(Options with { Epochs = 1 }, LoopRun.Job() with { Seed = 99 });
        float[] second = LoopRun.Run(Options).Weights;
        float[] other = LoopRun.Run(Options, LoopRun.Job() with { Seed = 12 }).Weights;

        CollectionAssert.AreEqual(first, second);
        CollectionAssert.AreNotEqual(first, other);
    }

    [TestMethod]
    public void Every_example_is_used_once_in_every_epoch_in_ever_new_order()
    {
        var batches = new List<long[]>();
        TrainingJob job = LoopRun.Job(examples: 50, validation: 0) with { Training = new NoisySums(50, 1) { Loaded = batches.Add } };
        LoopRun.Run(Options with { Epochs = 2 }, job);

        Assert.HasCount(14, batches);
        long[] first = [.. batches.Take(7).SelectMany(batch => batch)], second = [.. batches.Skip(7).SelectMany(batch => batch)];
        CollectionAssert.AreEqual(Enumerable.Range(0, 50).Select(i => (long)i).ToArray(), first.Order().ToArray());
        CollectionAssert.AreEquivalent(first, second);
        CollectionAssert.AreNotEqual(first, second);
        Assert.HasCount(2, batches[6]);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Accumulated_batches_take_the_step_of_one_large_batch(bool weighted)
    {
        float[]? weights = weighted ? [.. Enumerable.Range(0, 30).Select(i => 1f + i % 3)] : null;
        float[] Train(int batch, int accumulation)
        {
            using TorchNetwork network = LoopRun.Network(dropout: 0);
            TrainingJob job = LoopRun.Job(validation: 0) with { Training = new NoisySums(30, 1) { Weights = weights } };
            TrainingOptions options = new() { Epochs = 1, BatchSize = batch, AccumulationSteps = accumulation, Optimizer = new Sgd(), LearningRate = 0.5 };
            using var trainer = new Trainer(network, job, options);
            trainer.Run();
            return LoopRun.Values(network);
        }

        float[] large = Train(30, 1), small = Train(8, 4);

        // The sums are the same in another order: float32 rounds them differently.
        for (int i = 0; i < large.Length; i++)
            Assert.AreEqual(large[i], small[i], 1e-6f);
    }

    [TestMethod]
    public void The_validation_loss_is_the_mean_over_all_examples_for_every_batch_size()
    {
        double Loss(int batch) => LoopRun.Run(Options with { Epochs = 1, MaxSteps = 1, BatchSize = batch },
            LoopRun.Job(examples: 8, validation: 19)).Report.Epochs[0].ValidationLoss!.Value;

        // Batches of 8, 8 and 3 against all 19 at once; the training step is the same full batch of 8 in both.
        Assert.AreEqual(Loss(19), Loss(8), 1e-6);
    }

    [TestMethod]
    public void The_weights_of_the_best_epoch_are_restored()
    {
        // A rate this high makes every epoch much worse or better than the one before it.
        TrainingOptions wild = Options with { Epochs = 12, LearningRate = 3, Patience = null };
        (float[] best, TrainingReport report) = LoopRun.Run(wild);
        (float[] there, _) = LoopRun.Run(wild with { Epochs = report.BestEpoch });

        Assert.AreNotEqual(12, report.BestEpoch);
        Assert.AreEqual(report.Epochs.MinBy(epoch => epoch.ValidationLoss)!.Epoch, report.BestEpoch);
        CollectionAssert.AreEqual(there, best);
    }

    [TestMethod]
    public void Training_stops_for_each_reason_and_says_which()
    {
        var clock = new SetClock();
        TrainingJob slow = LoopRun.Job() with { Training = new NoisySums(50, 1) { Loaded = _ => clock.Advance(3) } };
        string Why(TrainingOptions options, TrainingJob? job = null) => LoopRun.Run(options, job).Report.StoppedBecause;

        Assert.AreEqual("All 3 epochs were run.", Why(Options));
        Assert.AreEqual("The limit of 9 steps was reached.", Why(Options with { MaxSteps = 9 }));
        TrainingOptions limited = Options with { Epochs = 1000, MaxTime = TimeSpan.FromMilliseconds(60), Clock = clock };
        Assert.AreEqual("The limit of 0 minutes was reached.", Why(limited, slow));
        Assert.AreEqual("loss had not improved for 2 epochs.", Why(Options with { Epochs = 100, LearningRate = 0.4, Patience = 2 }));
        Assert.AreEqual("mae had not improved for 2 epochs.", Why(Options with { Epochs = 100, LearningRate = 0.4, Patience = 2, Monitor = "mae" }));
    }

    [TestMethod]
    public void A_model_that_still_improves_after_its_epochs_continues_with_the_bits_of_a_longer_training()
    {
        // A rate so small that every epoch takes a few percent away.
        TrainingOptions slow = Options with { Epochs = 4, LearningRate = 0.02 };
        int Epochs(TrainingOptions options) => LoopRun.Run(options).Report.Epochs.Count;
        (float[] longer, TrainingReport report) = LoopRun.Run(slow with { MoreEpochs = 3 });
        int run = report.Epochs.Count;
        Assert.AreEqual($"All {run} epochs were run.", report.StoppedBecause);
        Assert.IsTrue(run == 7 || !LearningCurve.StillFalls(report.Epochs, slow.Patience), report.ToString());
        for (int epochs = 4; epochs < run; epochs++)
            Assert.IsTrue(LearningCurve.StillFalls([.. report.Epochs.Take(epochs)], slow.Patience));
        CollectionAssert.AreEqual(LoopRun.Run(slow with { Epochs = run }).Weights, longer);
        Assert.AreEqual(5, Epochs(slow with { MoreEpochs = 1 }));
        Assert.AreEqual(4, Epochs(slow));
        Assert.AreEqual(4, Epochs(slow with { MoreEpochs = 3, LearningRate = 1e-9 }));
        Assert.AreEqual(4, Epochs(slow with { MoreEpochs = 3, Schedule = new CosineSchedule() }));
        Assert.AreEqual(5, Epochs(slow with { MoreEpochs = 3, MaxSteps = 5 * report.Epochs[0].Step }));
    }

    [TestMethod]
    public void Biases_do_not_decay()
    {
        using TorchNetwork network = LoopRun.Network();
        using OptimizerState state = new Sgd { WeightDecay = 0.1 }.Start(network.Parameters);
        Weights before = network.ReadWeights();
        state.Step(1);
        foreach (Weight after in network.ReadWeights())
        {
            // With a gradient of 0 the step is the decay alone: w − 1 · 0.1 · w.
            float factor = after.Name.Contains("bias", StringComparison.Ordinal) ? 1 : 0.9f;
            for (int i = 0; i < after.Values.Length; i++)
                Assert.AreEqual(before[after.Name].Values[i] * factor, after.Values[i], 1e-7f, after.Name);
        }
    }

    [TestMethod]
    public void Clipping_scales_the_gradient_to_the_given_norm()
    {
        using TorchNetwork network = LoopRun.Network();
        float[] before = LoopRun.Values(network);
        using var step = new GivenStep(network, new ForecastingObjective(), new TrainingOptions { Optimizer = new Sgd(), ClipNorm = 0.25 });
        network.Parameters.Gradients.Add_(3);
        double norm = step.Advance(rate: 1);

        double moved = Math.Sqrt(LoopRun.Values(network).Zip(before, (after, old) => (double)(after - old) * (after - old)).Sum());
        Assert.AreEqual(3 * Math.Sqrt(before.Length), norm, 1e-3);
        Assert.AreEqual(0.25, moved, 1e-5);
    }

    [TestMethod]
    [DataRow(null, 10)]
    [DataRow(0.25, 0.25)]
    [DataRow(1000.0, 10)]
    public void Values_are_clipped_first_and_the_norm_is_that_of_the_result(double? clipNorm, double expected)
    {
        using TorchNetwork network = LoopRun.Network();
        float[] before = LoopRun.Values(network);
        float limit = 10 / MathF.Sqrt(before.Length);
        TrainingOptions options = new() { Optimizer = new Sgd(), ClipValue = limit, ClipNorm = clipNorm };
        using var step = new GivenStep(network, new ForecastingObjective(), options);
        network.Parameters.Gradients.Add_(300);
        double norm = step.Advance(rate: 1);

        Assert.AreEqual(300 * Math.Sqrt(before.Length), norm, 1e-1, "The norm that is reported is that before any clipping.");
        Assert.AreEqual(expected, Math.Sqrt(LoopRun.Values(network).Zip(before, (after, old) => (double)(after - old) * (after - old)).Sum()), 1e-4 * expected);
    }

    [TestMethod]
    [DataRow(0.5, null)]
    [DataRow(null, 0.05)]
    [DataRow(null, null)]
    public void The_norms_of_all_steps_are_reported_by_their_quantiles(double? clipNorm, double? clipValue)
    {
        // From the mean norms of 1, 2, … steps of the same run.
        EpochReport[] runs = [.. Enumerable.Range(1, 10).Select(steps => LoopRun.Run(
            Options with { Epochs = 1, BatchSize = 5, MaxSteps = steps, ClipNorm = clipNorm, ClipValue = clipValue }).Report.Epochs[0])];
        List<double> norms = [.. runs.Select((run, i) => (i + 1) * run.GradientNorm - (i == 0 ? 0 : i * runs[i - 1].GradientNorm))];
        GradientNorms found = runs[^1].Gradients!;

        norms.Sort();
        Assert.AreEqual(norms[^1], found.Largest, 1e-9);
        Assert.AreEqual((norms[4] + norms[5]) / 2, found.Median, 1e-9);
        Assert.AreEqual(norms[0] + 0.9 * (norms[1] - norms[0]), found.Low, 1e-9);
        Assert.AreEqual(norms[8] + 0.1 * (norms[9] - norms[8]), found.High, 1e-9);
        if (clipValue is null)
            Assert.AreEqual(norms.Count(norm => norm > clipNorm) / 10.0, found.Clipped);
        else
            Assert.IsGreaterThan(0, found.Clipped);
    }

    [TestMethod]
    public void A_run_resumed_between_the_last_step_of_an_epoch_and_its_validation_reports_the_rate_and_the_norm_of_that_step()
    {
        string folder = Directory.CreateTempSubdirectory("rate-").FullName;
        TrainingOptions options = Options with { Epochs = 2, Schedule = new CosineSchedule(), Checkpoints = new CheckpointOptions { Directory = folder } };
        TrainingReport whole = LoopRun.Run(options with { Checkpoints = null }).Report;
        int left = 7; // 50 examples make 7 batches; the next check for cancellation is in the validation.
        Assert.ThrowsExactly<OperationCanceledException>(() =>
            LoopRun.Run(options, LoopRun.Job() with { CheckCancelled = () => { if (left-- == 0) throw new OperationCanceledException(); } }));
        var ends = new List<TrainingProgress>();
        TrainingJob job = LoopRun.Job() with { Progress = progress => { if (progress.Finished is not null) ends.Add(progress); } };
        TrainingReport resumed = LoopRun.Run(options with { ResumeFrom = folder }, job).Report;

        Assert.IsGreaterThan(0, resumed.Epochs[0].LearningRate);
        CollectionAssert.AreEqual(whole.Epochs.Select(epoch => epoch.LearningRate).ToArray(), resumed.Epochs.Select(epoch => epoch.LearningRate).ToArray());
        CollectionAssert.AreEqual(whole.Epochs.Select(epoch => epoch.GradientNorm).ToArray(), resumed.Epochs.Select(epoch => epoch.GradientNorm).ToArray());
        CollectionAssert.AreEqual(whole.Epochs.Select(epoch => epoch.Gradients).ToArray(), resumed.Epochs.Select(epoch => epoch.Gradients).ToArray());
        Assert.IsTrue(ends.All(end => end.LearningRate == end.Finished!.LearningRate && end.GradientNorm > 0));
        Directory.Delete(folder, recursive: true);
    }

    [TestMethod]
    public void The_documented_weights_decay()
    {
        Architecture[] all =
            [new Lstm { HiddenSize = 4 }, new Tcn { Channels = 4, Levels = 1 }, new Transformer { Channels = 8, Heads = 2, Layers = 1 },
                new Lru { Channels = 4, States = 4 }];
        foreach (WeightSpec spec in all.SelectMany(architecture => architecture.Build(8).AllWeights(2)))
        {
            string name = spec.Name[(spec.Name.LastIndexOf('.') + 1)..];
            // Of one dimension only the lengths of weight-normalised kernels decay, and of more all but their directions.
            bool decays = name == "weight_g" || (spec.Shape.Length > 1 && name != "weight_v");
            Assert.AreEqual(decays, spec.Decays, spec.Name);
        }
    }

    [TestMethod]
    [DoNotParallelize]
    public void Tensors_do_not_pile_up()
    {
        LoopRun.Run(Options);
        LiveTensors.AssertNoneLeft(() => LoopRun.Run(Options), "a second training");
    }

    [TestMethod]
    [DoNotParallelize]
    public void The_number_of_threads_is_put_back()
    {
        TorchRuntime.EnsureLoaded();
        int before = get_num_threads();
        LoopRun.Run(Options with { Threads = before + 1 });
        Assert.AreEqual(before, get_num_threads());
    }

    [TestMethod]
    public void Event_files_hold_the_figures_of_every_epoch()
    {
        string folder = Directory.CreateTempSubdirectory("board-").FullName;
        LoopRun.Run(Options with { TensorBoardDirectory = folder });

        byte[] events = [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).SelectMany(File.ReadAllBytes)];
        string text = System.Text.Encoding.Latin1.GetString(events);
        Assert.AreEqual(4, text.Split("loss/validation").Length);
        Directory.Delete(folder, recursive: true);
    }
}
