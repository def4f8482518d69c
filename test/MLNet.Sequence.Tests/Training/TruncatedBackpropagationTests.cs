using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

[TestClass]
public sealed class TruncatedBackpropagationTests
{
    private const int Rows = 3, Chunk = 4, Chunks = 5;

    /// <summary>Predicts the next value of long noise, three rows side by side, in chunks of four steps.</summary>
    private sealed class ChunkSource : IBatchSource
    {
        private readonly float[] _values;

        public ChunkSource()
        {
            var random = new RandomStream(5);
            _values = [.. Enumerable.Range(0, Rows * (Chunk * Chunks + 1)).Select(_ => (float)random.NextNormal())];
        }

        public long Count => Chunks;

        public IReadOnlyList<string> Channels => ["value"];

        public bool CarriesState => true;

        public Tensor Whole => from_array(_values).clone().view(Rows, -1, 1);

        public long CountBatches(int batchSize, long? seed) => Chunks;

        public IEnumerable<long[]> Order(int batchSize, long? seed) => Enumerable.Range(0, Chunks).Select(i => new[] { (long)i });

        public Batch Load(ReadOnlySpan<long> examples, Device device)
        {
            long start = examples[0] * Chunk;
            return new Batch(Whole.narrow(1, start, Chunk), Whole.narrow(1, start + 1, Chunk), Rows) { Continues = start > 0 };
        }
    }

    private static TorchNetwork Network()
    {
        TorchRuntime.EnsureLoaded();
        var tree = new Sequential(new LstmLayer(6), new LstmLayer(4), new Dense(1));
        return new TorchNetwork(tree, 1, CPU, Initializer.Draw(tree.AllWeights(1), new RandomStream(3)));
    }

    private static TrainingJob Job(bool validate = false) => new()
    {
        Training = new ChunkSource(),
        Validation = validate ? new ChunkSource() : null,
        Objective = new ForecastingObjective(),
        Seed = 1,
    };

    [TestMethod]
    public void Chunks_with_carried_state_give_the_outputs_of_the_whole_sequence()
    {
        using TorchNetwork network = Network();
        using var scope = NewDisposeScope();
        using var state = new TorchState();
        var source = new ChunkSource();
        Tensor whole = network.Forward(source.Whole.narrow(1, 0, Chunk * Chunks), TorchPass.Scoring);
        Tensor[] parts = [.. source.Order(1, null).Select(i => network.Forward(source.Load(i, CPU).Input, new TorchPass { State = state }))];

        Assert.IsLessThan(1e-6f, (whole - cat(parts, 1)).abs().max().item<float>());
    }

    [TestMethod]
    public void Gradients_flow_inside_a_chunk_only()
    {
        using TorchNetwork network = Network();
        using var scope = NewDisposeScope();
        var source = new ChunkSource();
        using var step = new GivenStep(network, new ForecastingObjective(), new TrainingOptions(), carriesState: true);
        step.Accumulate(source.Load([0], CPU), 1, 0);
        network.Parameters.Gradients.zero_();
        step.Accumulate(source.Load([1], CPU), 1, 0);
        float[] truncated = network.Parameters.Gradients.data<float>().ToArray();

        // Independent: the first chunk's state computed without a graph, then the second chunk alone.
        network.Parameters.Gradients.zero_();
        using var state = new TorchState();
        using (no_grad())
            network.Forward(source.Load([0], CPU).Input, new TorchPass { State = state });
        Batch second = source.Load([1], CPU);
        nn.functional.mse_loss(network.Forward(second.Input, new TorchPass { State = state }), second.Target).backward();

        float[] independent = network.Parameters.Gradients.data<float>().ToArray();
        float largest = independent.Max(Math.Abs);
        Assert.IsGreaterThan(1e-3f, largest);
        // Without a graph libtorch runs another kernel, which rounds the last bit differently.
        for (int i = 0; i < truncated.Length; i++)
            Assert.AreEqual(independent[i], truncated[i], 1e-6f * largest);
    }

    [TestMethod]
    public void Every_epoch_starts_from_zeros()
    {
        using TorchNetwork network = Network();
        TrainingOptions still = new() { Epochs = 2, Optimizer = new Sgd(), LearningRate = 1e-30, Patience = null };
        using var trainer = new Trainer(network, Job(validate: true), still);
        var report = trainer.Run();

        Assert.AreEqual(report.Epochs[0].Loss, report.Epochs[1].Loss);
        Assert.AreEqual(report.Epochs[0].Loss, report.Epochs[0].ValidationLoss!.Value, 1e-6);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(7)]
    public void The_carried_state_is_in_the_checkpoint(int batches)
    {
        string folder = Directory.CreateTempSubdirectory("state-").FullName;
        TrainingOptions options = new() { Epochs = 2, LearningRate = 0.05, Checkpoints = new CheckpointOptions { Directory = folder } };
        float[] Train(TrainingOptions with, Action check)
        {
            using TorchNetwork network = Network();
            using var trainer = new Trainer(network, Job() with { CheckCancelled = check }, with);
            trainer.Run();
            return LoopRun.Values(network);
        }

        float[] whole = Train(options with { Checkpoints = null }, () => { });
        int left = batches;
        Assert.ThrowsExactly<OperationCanceledException>(() => Train(options, () => { if (left-- == 0) throw new OperationCanceledException(); }));
        float[] resumed = Train(options with { ResumeFrom = folder }, () => { });

        CollectionAssert.AreEqual(whole, resumed);
        Directory.Delete(folder, recursive: true);
    }
}
