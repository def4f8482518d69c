using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using TorchSharp;

namespace MLNet.Sequence.Tests.Training;

/// <summary>A small run of the training loop that writes checkpoints, for different architectures, tasks and optimisers.</summary>
/// <param name="Layers">The network.</param>
/// <param name="Job">Its data and objective.</param>
/// <param name="Options">Of two epochs.</param>
/// <param name="Inside">The number of optimiser steps after which it is inside an epoch.</param>
internal sealed record FuzzedRun(Layer Layers, TrainingJob Job, TrainingOptions Options, int Inside)
{
    public const int Features = 2, Classes = 3, Longest = 9;

    private const int Rows = 10;

    public static IReadOnlyList<FuzzedRun> All { get; } =
    [
        new(
            Whole(new Lstm { HiddenSize = 3, Layers = 2, Dropout = 0.2 }, Classes),
            On(Labelled, new ClassificationObjective(labelSmoothing: 0), validates: true),
            Brief(new Adam()) with { AccumulationSteps = 2, Schedule = new PlateauSchedule() }, Inside: 3),
        new(
            Whole(new Tcn { Channels = 3 }, Classes), On(Labelled, new ClassificationObjective(labelSmoothing: 0.1), validates: false),
            Brief(new AdamW()) with { Schedule = new CosineSchedule() }, Inside: 6),
        new(Whole(new StableRnn { HiddenSize = 3 }, 1), On(Labelled, new RegressionObjective(ChannelScaling.None(1)), validates: true),
            Brief(new RmsProp()), Inside: 5),
        new(Steps(new Gru { HiddenSize = 3 }, Classes), On(Tagged, new TaggingObjective(Classes, chain: null), validates: true),
            Brief(new Sgd { Momentum = 0.5 }), Inside: 1),
        new(Steps(new Lstm { HiddenSize = 3 }, Features), On(Chunks, new NextStepObjective(StepKind.Real), validates: true), Brief(new Adam()), Inside: 2),
        new(Steps(new MinGru { HiddenSize = 3 }, Features), On(Chunks, new NextStepObjective(StepKind.Real), validates: false), Brief(new Sgd()), Inside: 2),
    ];

    /// <summary>Trains and returns the final weights.</summary>
    public float[] Train(TrainingOptions options)
    {
        TorchRuntime.EnsureLoaded();
        using var network = new TorchNetwork(Layers, Features, torch.CPU, Initializer.Draw(Layers.AllWeights(Features), new RandomStream(5)));
        using var trainer = new Trainer(network, Job, options);
        trainer.Run();
        return network.Parameters.Values.data<float>().ToArray();
    }

    /// <summary>Random sequences of up to three lengths, with a class each, or one for each step.</summary>
    public static SequenceSet Set(int seed, int? labels, int rows = Rows)
    {
        var random = new RandomStream(seed);
        var set = new SequenceSet(Features, labels);
        for (int row = 0; row < rows; row++)
        {
            int steps = Longest - row % 3;
            double[] values = [.. Enumerable.Range(0, steps * Features).Select(_ => (double)random.NextNormal())];
            if (labels is null)
                set.Add(values, Enumerable.Range(0, steps).Select(step => (double)((row + step) % Classes)).ToArray());
            else
                set.Add(values, row % Classes);
        }

        return set;
    }

    private static Sequential Whole(Architecture architecture, int outputs) => new Sequential(architecture.Build(Longest), new LastStep(), new Dense(outputs));

    private static Sequential Steps(Architecture architecture, int outputs) => new Sequential(architecture.Build(Longest), new Dense(outputs));

    private static TrainingOptions Brief(Optimizer optimizer) =>
        new() { Epochs = 2, BatchSize = 3, LearningRate = 0.01, Optimizer = optimizer, Patience = null };

    private static TrainingJob On(Func<int, IBatchSource> source, IObjective objective, bool validates) =>
        new() { Training = source(1), Validation = validates ? source(2) : null, Objective = objective, Seed = 3 };

    private static SequenceBatches Labelled(int seed) => Batches(Set(seed, labels: 1));

    private static SequenceBatches Tagged(int seed) => Batches(Set(seed, labels: null));

    private static SequenceBatches Batches(SequenceSet set) =>
        new(set, [.. Enumerable.Range(0, Rows)], new StepEncoding(ChannelScaling.None(Features)), ["a", "b"]);

    private static NextStepBatches Chunks(int seed) =>
        new(Set(seed, labels: 1), [.. Enumerable.Range(0, Rows)], ChannelScaling.None(Features), ["a", "b"]) { ChunkSteps = 3 };
}
