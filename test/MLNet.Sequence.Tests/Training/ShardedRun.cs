using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

/// <summary>A small training with batches of 70 rows, five shards.</summary>
internal sealed record ShardedRun(string Name, Layer Layers, TrainingJob Job, int Inside)
{
    private const int Features = FuzzedRun.Features, Classes = FuzzedRun.Classes, Rows = 110, Longest = FuzzedRun.Longest;

    public TrainingOptions Options { get; init; } = new() { Epochs = 3, BatchSize = 70, LearningRate = 0.01f, Patience = null };

    private static ClassificationObjective Classification => new(labelSmoothing: 0);

    /// <summary>
    /// Rows of several lengths; weights of classes; a chain, which the loss reads; dropout; constraints; several batches for a step; chunks that carry
    /// state.
    /// </summary>
    public static IEnumerable<ShardedRun> All()
    {
        SequenceSet rows = FuzzedRun.Set(seed: 5, labels: 1, Rows);
        SequenceBatches labelled = Batches(rows), tagged = Batches(FuzzedRun.Set(seed: 5, labels: null, Rows));
        yield return new("lstm", Whole(new Lstm { HiddenSize = 5, Layers = 2 }), new() { Training = labelled, Objective = Classification, Seed = 3 }, 3);
        yield return new("stable gru, class weights", Whole(new StableGru { HiddenSize = 4 }),
            new() { Training = Batches(rows, [1, 2, 0.5f]), Validation = labelled, Objective = Classification, Seed = 3 }, 3);
        yield return new("dropout", Whole(new Lstm { HiddenSize = 5, Layers = 2, Dropout = 0.3f }),
            new() { Training = labelled, Objective = Classification, Seed = 3 }, 3);
        yield return new("tcn", Whole(new Tcn { Channels = 4, Levels = 2 }), new() { Training = labelled, Objective = Classification, Seed = 3 }, 3);
        var two = new ShardedRun("two batches a step", Whole(new Gru { HiddenSize = 4 }),
            new() { Training = labelled, Objective = Classification, Seed = 3 }, 3);
        yield return two with { Options = two.Options with { BatchSize = 48, AccumulationSteps = 2 } };
        var chain = new Sequential(new Gru { HiddenSize = 3 }.Build(Longest), new Dense(Classes), new LinearChain(Classes));
        yield return new("chain", chain, new() { Training = tagged, Objective = new TaggingObjective(Classes, "2"), Seed = 3 }, 3);
        var chunks = new NextStepBatches(rows, [.. Enumerable.Range(0, Rows)], ChannelScaling.None(Features), ["a", "b"]) { ChunkSteps = 3 };
        yield return new("chunks", new Sequential(new Lstm { HiddenSize = 3 }.Build(Longest), new Dense(Features)),
            new() { Training = chunks, Validation = chunks, Objective = new NextStepObjective(StepKind.Real), Seed = 3 }, 4);
    }

    /// <summary>A batch of two shards in four chunks; the rows of the first shard end in the first chunk, so that only the second carries a state.</summary>
    public static ShardedRun OfUnequalShards()
    {
        const int Shard = 16, Steps = 3;
        var random = new RandomStream(8);
        var set = new SequenceSet(Features, null);
        for (int row = 0; row < 2 * Shard; row++)
        {
            int steps = row < Shard ? Steps + 1 : 4 * Steps + 1;
            set.Add([.. Enumerable.Range(0, steps * Features).Select(_ => (double)random.NextNormal())], new double[steps]);
        }

        var chunks = new NextStepBatches(set, [.. Enumerable.Range(0, 2 * Shard)], ChannelScaling.None(Features), ["a", "b"]) { ChunkSteps = Steps };
        var run = new ShardedRun("unequal shards", new Sequential(new Lstm { HiddenSize = 3 }.Build(Longest), new Dense(Features)),
            new() { Training = new InOrder(chunks), Objective = new NextStepObjective(StepKind.Real), Seed = 3 }, Inside: 2);
        return run with { Options = run.Options with { BatchSize = 2 * Shard } };
    }

    public TorchNetwork Network() => new(Layers, Features, CPU, Initializer.Draw(Layers.AllWeights(Features), new RandomStream(5)));

    public (float[] Weights, double Loss) Train(TrainingOptions options)
    {
        using TorchNetwork network = Network();
        using var trainer = new Trainer(network, Job, options);
        TrainingReport report = trainer.Run();
        return (network.Parameters.Values.data<float>().ToArray(), report.Epochs[^1].ValidationLoss ?? report.Epochs[^1].Loss);
    }

    private static Sequential Whole(Architecture architecture) => new(architecture.Build(Longest), new LastStep(), new Dense(Classes));

    private static SequenceBatches Batches(SequenceSet set, float[]? weights = null) =>
        new(set, [.. Enumerable.Range(0, Rows)], new StepEncoding(ChannelScaling.None(Features)), ["a", "b"]) { ClassWeights = weights };
}
