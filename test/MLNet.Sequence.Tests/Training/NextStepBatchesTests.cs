using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

[TestClass]
public sealed class NextStepBatchesTests
{
    private const int Features = 2;

    [ClassInitialize]
    public static void Load(TestContext _) => TorchRuntime.EnsureLoaded();

    [TestMethod]
    [DataRow(null, true)]
    [DataRow(null, false)]
    [DataRow(1, true)]
    [DataRow(4, true)]
    [DataRow(4, false)]
    [DataRow(100, true)]
    public void An_epoch_has_every_step_once_and_in_order(int? chunk, bool buckets)
    {
        SequenceSet set = Numbered(lengths: [.. Enumerable.Range(0, 50).Select(i => 2 + i * 7 % 23)]);
        NextStepBatches batches = Batches(set, chunk, buckets);
        foreach (long? seed in new long?[] { null, 3 })
        {
            var seen = new List<float>[set.Count];
            double weights = 0;
            using var scope = NewDisposeScope();
            foreach (long[] examples in batches.Order(7, seed))
            {
                Batch batch = batches.Load(examples, CPU);
                weights += batch.Weight;
                for (int row = 0; row < examples.Length; row++)
                    Look(batch, row, seen, ref weights);
            }

            for (int sequence = 0; sequence < set.Count; sequence++)
                CollectionAssert.AreEqual(Enumerable.Range(0, set.Length(sequence)).Select(step => (float)step).ToArray(), seen[sequence].ToArray());
            Assert.AreEqual(0, weights);
        }
    }

    [TestMethod]
    public void A_group_starts_again_and_its_chunks_continue()
    {
        NextStepBatches batches = Batches(Numbered([9, 9, 4, 9, 3]), chunk: 3, buckets: false);
        using var scope = NewDisposeScope();
        Batch[] all = [.. batches.Order(2, seed: null).Select(examples => batches.Load(examples, CPU))];

        // Batches with 8 and 8, with 3 and 8, and with 2 predicted steps.
        CollectionAssert.AreEqual(new[] { false, true, true, false, true, true, false }, all.Select(batch => batch.Continues).ToArray());
        CollectionAssert.AreEqual(new double[] { 6, 6, 4, 6, 3, 2, 2 }, all.Select(batch => batch.Weight).ToArray());
        CollectionAssert.AreEqual(new long[] { 0, 3 }, all[4].Lengths!.data<long>().ToArray());
        Assert.AreEqual(7, batches.CountBatches(2, seed: null));
    }

    [TestMethod]
    [DataRow(null, false)]
    [DataRow(3, false)]
    [DataRow(3, true)]
    public void The_batches_of_an_epoch_are_counted_as_they_come(int? chunk, bool buckets)
    {
        // One sequence in eight is long: in the order of the file they share batches, in random order they do not.
        NextStepBatches batches = Batches(Numbered([.. Enumerable.Range(0, 64).Select(i => i < 8 ? 40 : 3)]), chunk, buckets);
        foreach (long? seed in new long?[] { null, 0, 1, 2 })
            Assert.AreEqual(batches.Order(8, seed).LongCount(), batches.CountBatches(8, seed));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void A_schedule_over_chunks_ends_with_the_last_step_that_is_taken(int accumulation)
    {
        SequenceSet set = Numbered([.. Enumerable.Range(0, 32).Select(i => i < 4 ? 40 : 3)]);
        TrainingJob job = Job(chunk: 3) with { Training = Batches(set, chunk: 3, buckets: false) };
        TrainingOptions options = new()
        {
            Epochs = 4,
            BatchSize = 4,
            AccumulationSteps = accumulation,
            BackpropSteps = 3,
            Optimizer = new Sgd(),
            LearningRate = 1,
            ClipNorm = 1e-12,
            Schedule = new CosineSchedule(),
        };
        IReadOnlyList<EpochReport> epochs = Run(options, job).Epochs;

        long total = epochs[^1].Step;
        foreach (EpochReport epoch in epochs)
            Assert.AreEqual((1 + Math.Cos(Math.PI * (epoch.Step - 1) / total)) / 2, epoch.LearningRate, 1e-9, $"the last of {epoch.Step} steps");
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow(1)]
    [DataRow(4)]
    public void The_chunks_of_an_epoch_are_as_many_examples_as_it_has_sequences(int? chunk)
    {
        NextStepBatches batches = Batches(Numbered([9, 9, 4, 30, 3]), chunk, buckets: false);
        using var scope = NewDisposeScope();

        Assert.AreEqual(5, batches.Order(2, seed: 1).Sum(examples => batches.Load(examples, CPU).Examples), 1e-9);
    }

    [TestMethod]
    public void The_loss_of_a_padded_batch_is_that_by_hand()
    {
        using var scope = NewDisposeScope();
        // Two rows, of 2 and of 1 valid steps; the values in the padding must not matter.
        Tensor output = tensor(new float[] { 0, 2, -1, 3, 1, 1, 99, float.NaN }).view(2, 2, 2);
        Tensor target = tensor(new float[] { 1, 0, 0, 1, 1, 0, 0, 0 }).view(2, 2, 2);
        var batch = new Batch(output, target, 3) { Lengths = tensor(new long[] { 2, 1 }) };
        double Entropy(double x, double y) => -(y * Math.Log(1 / (1 + Math.Exp(-x))) + (1 - y) * Math.Log(1 - 1 / (1 + Math.Exp(-x))));

        double entropies = Entropy(0, 1) + Entropy(2, 0) + Entropy(-1, 0) + Entropy(3, 1) + Entropy(1, 1) + Entropy(1, 0);
        Assert.AreEqual(entropies / 3, new NextStepObjective(StepKind.MultiLabel).Loss(output, batch).item<float>(), 1e-6);
        // (1 + 4) / 2, (1 + 4) / 2 and (0 + 1) / 2.
        Assert.AreEqual((2.5 + 2.5 + 0.5) / 3, new NextStepObjective(StepKind.Real).Loss(output, batch).item<float>(), 1e-6);
    }

    [TestMethod]
    public void Values_in_the_padding_have_no_gradient()
    {
        using var scope = NewDisposeScope();
        Tensor output = ones([1, 3, 2], requires_grad: true);
        new NextStepObjective(StepKind.MultiLabel).Loss(output, new Batch(output, zeros(1, 3, 2), 2) { Lengths = tensor(new long[] { 2 }) }).backward();

        CollectionAssert.AreEqual(new float[] { 0, 0 }, output.grad!.data<float>().ToArray()[4..]);
        Assert.AreNotEqual(0, output.grad!.data<float>()[3]);
    }

    [TestMethod]
    public void Chunks_with_carried_state_have_the_loss_of_whole_sequences()
    {
        TrainingOptions still = new() { Epochs = 1, BatchSize = 4, Optimizer = new Sgd(), LearningRate = 1e-30, Patience = null };
        double whole = Run(still, Job(chunk: null)).Epochs[0].Loss;

        Assert.AreEqual(whole, Run(still, Job(chunk: 3)).Epochs[0].Loss, 1e-6 * whole);
        Assert.AreEqual(whole, Run(still, Job(chunk: 1)).Epochs[0].Loss, 1e-6 * whole);
    }

    [TestMethod]
    [DataRow(2, 1)]
    [DataRow(9, 1)]
    [DataRow(11, 1)]
    [DataRow(3, 2)]
    [DataRow(5, 3)]
    [DataRow(2, 1, 5)]
    [DataRow(9, 1, 8)]
    [DataRow(11, 1, 8)]
    public void A_run_stopped_between_chunks_resumes_bit_for_bit(int batches, int accumulation, int? depth = null)
    {
        string folder = Directory.CreateTempSubdirectory("chunks-").FullName;
        TrainingOptions options = new()
        {
            Epochs = 2,
            BatchSize = 4,
            AccumulationSteps = accumulation,
            LearningRate = 0.05,
            BackpropSteps = 3,
            BackpropDepth = depth,
            Checkpoints = new CheckpointOptions { Directory = folder },
        };
        float[] whole = Run(options with { Checkpoints = null }, Job(chunk: 3)).Weights;
        int left = batches;
        TrainingJob stopped = Job(chunk: 3) with { CheckCancelled = () => { if (left-- == 0) throw new OperationCanceledException(); } };
        Assert.ThrowsExactly<OperationCanceledException>(() => Run(options, stopped));

        CollectionAssert.AreEqual(whole, Run(options with { ResumeFrom = folder }, Job(chunk: 3)).Weights);
        Directory.Delete(folder, recursive: true);
    }

    private static void Look(Batch batch, int row, List<float>[] seen, ref double weights)
    {
        int steps = (int)(batch.Lengths is null ? batch.Input.shape[1] : batch.Lengths[row].item<long>());
        for (int step = 0; step < steps; step++)
        {
            // Feature 0 is the number of the sequence, feature 1 that of the step.
            int sequence = (int)batch.Input[row, step, 0].item<float>();
            List<float> values = seen[sequence] ??= [0];
            Assert.AreEqual(values[^1], batch.Input[row, step, 1].item<float>());
            Assert.AreEqual(sequence, batch.Target[row, step, 0].item<float>());
            values.Add(batch.Target[row, step, 1].item<float>());
            weights--;
        }
    }

    private static SequenceSet Numbered(int[] lengths)
    {
        var set = new SequenceSet(Features);
        for (int sequence = 0; sequence < lengths.Length; sequence++)
            set.Add([.. Enumerable.Range(0, lengths[sequence]).SelectMany(step => new double[] { sequence, step })], 0);
        return set;
    }

    private static NextStepBatches Batches(SequenceSet set, int? chunk, bool buckets) =>
        new(set, [.. Enumerable.Range(0, set.Count)], new ChannelScaling([0, 0], [1, 1]),
            ["sequence", "step"])
        { ChunkSteps = chunk, BucketByLength = buckets };

    private static TrainingJob Job(int? chunk)
    {
        var random = new RandomStream(4);
        var set = new SequenceSet(Features);
        for (int sequence = 0; sequence < 13; sequence++)
            set.Add([.. Enumerable.Range(0, Features * (2 + sequence * 5 % 11)).Select(_ => (float)random.NextNormal())], 0);
        return new TrainingJob { Training = Batches(set, chunk, buckets: true), Objective = new NextStepObjective(StepKind.Real), Seed = 1 };
    }

    private static (IReadOnlyList<EpochReport> Epochs, float[] Weights) Run(TrainingOptions options, TrainingJob job)
    {
        var tree = new Sequential(new LstmLayer(5), new Dense(Features));
        using var network = new TorchNetwork(tree, Features, CPU, Initializer.Draw(tree.AllWeights(Features), new RandomStream(3)));
        using var trainer = new Trainer(network, job, options);
        IReadOnlyList<EpochReport> epochs = trainer.Run().Epochs;
        return (epochs, LoopRun.Values(network));
    }
}
