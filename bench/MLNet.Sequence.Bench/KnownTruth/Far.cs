using Microsoft.ML;
using MLNet.Sequence.Bench.Tables;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Bench.KnownTruth;

/// <summary>The label at the end depends on an input long before it. A stable model must have forgotten that input; a receptive field of
/// all steps still sees it.</summary>
internal static class Far
{
    private const int Steps = 50, Blanks = 40;

    public static (RecurrenceReport Report, double Best) Adding(MLContext ml, int seed)
    {
        RecurrenceReport report = ml.Sequence.Compare(
            AddingProblem.View(ml, Steps, 6_000, seed: 10 * seed),
            AddingProblem.View(ml, Steps, 1_000, seed: 10 * seed + 2),
            new SequenceOptions
            {
                Pooling = PoolingKind.LastStep,
                ValidationSet = AddingProblem.View(ml, Steps, 1_000, seed: 10 * seed + 1),
                Training = Training(seed, 2e-3) with { ClipNorm = 5 },
            },
            [new Tcn { Channels = 16, Levels = 4, KernelSize = 8, InitialDeviation = null }, new StableRnn { HiddenSize = 32, Lambda = 0.8 }],
            Once);
        return (report, 0);
    }

    public static (RecurrenceReport Report, double Best) Copying(MLContext ml, int seed)
    {
        RecurrenceReport report = ml.Sequence.Compare(
            CopyMemory.View(ml, 2_000, 10 * seed, Blanks),
            CopyMemory.View(ml, 300, 10 * seed + 2, Blanks),
            new SequenceTaggerOptions
            {
                Tokens = CopyMemory.Digits,
                ValidationSet = CopyMemory.View(ml, 300, 10 * seed + 1, Blanks),
                Training = Training(seed, 2e-3),
            },
            [new Tcn { Channels = 16, Levels = 4, KernelSize = 8, InitialDeviation = null }, new StableRnn { HiddenSize = 32, Lambda = 0.8 }],
            Once);
        return (report, 0);
    }

    private static CompareOptions Once => new() { Rounds = 1, Memory = new MemoryOptions { Examples = 32 } };

    private static TrainingOptions Training(int seed, double rate) =>
        new() { Epochs = 10, Patience = 3, LearningRate = rate, Seed = seed, Threads = 1, ValidationFraction = 0 };
}
