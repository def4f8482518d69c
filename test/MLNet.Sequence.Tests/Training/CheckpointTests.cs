using MLNet.Sequence.Layers;
using MLNet.Sequence.Model;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Tests.Training;

[TestClass]
public sealed class CheckpointTests
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"checkpoints-{Guid.NewGuid():N}");

    [TestCleanup]
    public void Clean()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    // Everything that has a state: dropout, momentum, a plateau, accumulation over a partial last group, validation.
    private static TrainingOptions Options => new()
    {
        Epochs = 4,
        BatchSize = 8,
        AccumulationSteps = 2,
        LearningRate = 0.02,
        Schedule = new PlateauSchedule(),
        Patience = null,
    };

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(5)]
    [DataRow(7)]
    [DataRow(12)]
    [DataRow(27)]
    public void A_run_that_is_cancelled_at_a_batch_and_resumed_ends_with_the_same_bits(int batches)
    {
        (float[] whole, _) = LoopRun.Run(Options);
        TrainingOptions checkpointed = Options with { Checkpoints = new CheckpointOptions { Directory = _folder } };
        int left = batches;
        TrainingJob cancelled = LoopRun.Job() with { CheckCancelled = () => { if (left-- == 0) throw new OperationCanceledException(); } };
        Assert.ThrowsExactly<OperationCanceledException>(() => LoopRun.Run(checkpointed, cancelled));

        (float[] resumed, var report) = LoopRun.Run(checkpointed with { ResumeFrom = _folder });

        CollectionAssert.AreEqual(whole, resumed);
        Assert.HasCount(4, report.Epochs);
    }

    [TestMethod]
    public void A_run_resumed_from_the_end_of_each_epoch_reports_the_same_figures()
    {
        (_, var whole) = LoopRun.Run(Options);
        for (int epochs = 1; epochs <= 3; epochs++)
        {
            LoopRun.Run(Options with { Epochs = epochs, Checkpoints = new CheckpointOptions { Directory = _folder }, ResumeFrom = _folder });
        }

        (_, var resumed) = LoopRun.Run(Options with { ResumeFrom = _folder });

        CollectionAssert.AreEqual(whole.Epochs.Select(epoch => epoch.Loss).ToArray(), resumed.Epochs.Select(epoch => epoch.Loss).ToArray());
        CollectionAssert.AreEqual(whole.Epochs.Select(epoch => epoch.LearningRate).ToArray(), resumed.Epochs.Select(epoch => epoch.LearningRate).ToArray());
        Assert.AreEqual(whole.BestEpoch, resumed.BestEpoch);
    }

    [TestMethod]
    public void The_last_checkpoints_and_the_best_are_kept()
    {
        (_, var report) = LoopRun.Run(Options with { Epochs = 8, LearningRate = 1, Checkpoints = new CheckpointOptions { Directory = _folder, Keep = 1 } });

        string[] files = [.. Directory.GetFiles(_folder).Select(Path.GetFileName).Order()!];
        int[] epochs = [.. files.Select(file => int.Parse(file!.Split('-')[3][..4], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.IsLessThan(8, report.BestEpoch);
        CollectionAssert.AreEquivalent(new[] { 8, report.BestEpoch }, epochs);
    }

    [TestMethod]
    public void A_checkpoint_by_time_is_inside_an_epoch()
    {
        var clock = new SetClock();
        TrainingJob slow = LoopRun.Job() with { Training = new NoisySums(50, seed: 1) { Loaded = _ => clock.Advance(5) } };
        LoopRun.Run(
            Options with
            {
                Epochs = 1,
                Clock = clock,
                Checkpoints = new CheckpointOptions { Directory = _folder, EveryEpochs = null, Every = TimeSpan.FromMilliseconds(8), Keep = 99 }
            },
            slow);

        Assert.IsTrue(Directory.GetFiles(_folder).Any(file => file.Contains('+', StringComparison.Ordinal)));
    }

    [TestMethod]
    public void A_folder_without_checkpoints_starts_from_the_beginning_and_says_so()
    {
        var warnings = new List<string>();
        (float[] whole, _) = LoopRun.Run(Options);
        (float[] started, _) = LoopRun.Run(Options with { ResumeFrom = _folder }, LoopRun.Job() with { Warn = warnings.Add });

        CollectionAssert.AreEqual(whole, started);
        Assert.HasCount(1, warnings);
        StringAssert.Contains(warnings[0], "from the beginning");
    }

    [TestMethod]
    public void A_checkpoint_of_another_run_is_refused_with_what_both_have()
    {
        TrainingOptions checkpointed = Options with { Epochs = 1, Checkpoints = new CheckpointOptions { Directory = _folder } };
        LoopRun.Run(checkpointed);

        var error = Assert.ThrowsExactly<FormatException>(() => LoopRun.Run(checkpointed with { BatchSize = 16, ResumeFrom = _folder }));

        StringAssert.Contains(error.Message, "\nTraining.BatchSize: 8 in the checkpoint, 16 in this run\n");
    }

    [TestMethod]
    public void A_checkpoint_whose_weights_are_in_another_order_is_refused_with_a_message()
    {
        LoopRun.Run(Options with { Epochs = 1, Checkpoints = new CheckpointOptions { Directory = _folder } });
        string file = Directory.GetFiles(_folder).Single();
        Weights tensors = Safetensors.Read(File.ReadAllBytes(file), out string? state);
        // As an earlier version wrote it, with the decayed weights first.
        using (FileStream stream = File.Create(file))
            Safetensors.Write(stream, tensors, state!.Replace(" in the order of layers", "", StringComparison.Ordinal));

        var error = Assert.ThrowsExactly<FormatException>(() => LoopRun.Run(Options with { ResumeFrom = file }));

        StringAssert.Contains(error.Message, "in the order of layers");
    }

    [TestMethod]
    public void A_damaged_checkpoint_is_refused_by_name()
    {
        LoopRun.Run(Options with { Epochs = 1, Checkpoints = new CheckpointOptions { Directory = _folder } });
        string file = Directory.GetFiles(_folder).Single();
        byte[] bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);

        var error = Assert.ThrowsExactly<FormatException>(() => LoopRun.Run(Options with { ResumeFrom = file }));

        StringAssert.Contains(error.Message, Path.GetFileName(file));
    }

    [TestMethod]
    public void A_bit_of_a_weight_that_is_another_is_noticed()
    {
        LoopRun.Run(Options with { Epochs = 1, Checkpoints = new CheckpointOptions { Directory = _folder } });
        string file = Directory.GetFiles(_folder).Single();
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^9] ^= 1;
        File.WriteAllBytes(file, bytes);

        StringAssert.Contains(Assert.ThrowsExactly<FormatException>(() => LoopRun.Run(Options with { ResumeFrom = file })).Message, "checksum");
    }

    [TestMethod]
    [DataRow("\"Step\":4", "\"Step\":5")]
    [DataRow("\"BestEpoch\":1", "\"BestEpoch\":2")]
    [DataRow("\"Batch\":0", "\"Batch\":-1")]
    [DataRow("\"Batch\":0", "\"Batch\":1")]
    [DataRow("\"TotalBatches\":7", "\"TotalBatches\":9223372036854775807")]
    [DataRow("\"Epoch\":1", "\"Epoch\":0")]
    [DataRow("\"Epochs\":[", "\"Epochs\":[null,")]
    [DataRow("\"Epochs\":[", "\"Epochs\":null,\"Other\":[")]
    [DataRow("\"Run\":\"", "\"Run\":\"../")]
    [DataRow("\"Seconds\":", "\"Seconds\":-")]
    public void A_state_that_no_run_can_have_is_refused(string part, string other)
    {
        Resaved((tensors, state) =>
        {
            StringAssert.Contains(state, part);
            return (tensors, state.Replace(part, other, StringComparison.Ordinal));
        });
    }

    [TestMethod]
    [DataRow("values", float.NaN)]
    [DataRow("best", float.PositiveInfinity)]
    [DataRow("optimizer.mean", float.NegativeInfinity)]
    [DataRow("optimizer.square", -1f)]
    public void A_tensor_of_values_that_it_cannot_have_is_refused(string name, float value) =>
        Resaved(
            (tensors, state) =>
                (tensors.Select(tensor => tensor.Name == name ? tensor with { Values = new([value, .. tensor.Values.Items[1..]]) } : tensor), state),
            name);

    [TestMethod]
    [DataRow("values")]
    [DataRow("best")]
    [DataRow("optimizer.mean")]
    public void One_value_is_not_taken_for_all(string name) =>
        Resaved((tensors, state) => (tensors.Select(tensor => tensor.Name == name ? new Weight(name, new([1]), new([0.5f])) : tensor), state), name);

    [TestMethod]
    [DataRow("values")]
    [DataRow("best")]
    [DataRow("optimizer.square")]
    public void A_tensor_that_is_missing_or_too_many_is_refused(string name)
    {
        Resaved((tensors, state) => (tensors.Where(tensor => tensor.Name != name), state), name);
        Resaved((tensors, state) => (tensors.Append(tensors.First() with { Name = name + "s" }), state), name + "s");
    }

    // As in a file that was changed on purpose: with the right checksum.
    private void Resaved(Func<IEnumerable<Weight>, string, (IEnumerable<Weight> Tensors, string State)> change, string named = "")
    {
        LoopRun.Run(Options with { Epochs = 1, Checkpoints = new CheckpointOptions { Directory = _folder } });
        string file = Directory.GetFiles(_folder).Single();
        (IEnumerable<Weight> tensors, string changed) = change(Safetensors.Read(File.ReadAllBytes(file), out string? state), state!);
        var all = new Weights();
        foreach (Weight tensor in tensors)
            all.Add(tensor);
        using (FileStream stream = File.Create(file))
            Safetensors.Write(stream, all, changed);

        string message = Assert.ThrowsExactly<FormatException>(() => LoopRun.Run(Options with { ResumeFrom = file })).Message;
        StringAssert.Contains(message, file);
        StringAssert.Contains(message, named);
        File.Delete(file);
    }

    [TestMethod]
    public void A_missing_checkpoint_file_is_an_error()
    {
        string missing = Path.Combine(_folder, "none.safetensors");
        Assert.ThrowsExactly<FileNotFoundException>(() => LoopRun.Run(Options with { ResumeFrom = missing }));
    }
}
