using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Bench.KnownTruth;

/// <summary>Tags that are the parity of the bits so far, with only the bits as input: the model must keep a state that every bit may
/// flip.</summary>
internal static class Parity
{
    private const int Steps = 200;

    public static (RecurrenceReport Report, double Best) Compare(MLContext ml, int seed)
    {
        RecurrenceReport report = ml.Sequence.Compare(
            View(ml, seed, 0, 300),
            View(ml, seed, 1, 100),
            new SequenceTaggerOptions
            {
                ValidationSet = View(ml, seed, 2, 60),
                Training = new TrainingOptions
                {
                    Epochs = 15,
                    Patience = 5,
                    LearningRate = 1e-2,
                    BatchSize = 8,
                    Seed = seed,
                    Threads = 1,
                    ValidationFraction = 0,
                },
            },
            [new Tcn { Channels = 8, Levels = 5 }, new Lru { Channels = 16, States = 16, Layers = 1 }, new Lstm { HiddenSize = 16 }],
            new CompareOptions { Rounds = 1, Memory = new() { Examples = 8 } });
        return (report, 0);
    }

    private static IDataView View(MLContext ml, int seed, int part, int rows)
    {
        var random = new RandomStream(seed, part, Steps);
        return ml.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(_ => One(random)).ToArray());
    }

    private static Row One(RandomStream random)
    {
        var row = new Row { Features = new float[Steps], Label = new uint[Steps] };
        uint parity = 0;
        for (int step = 0; step < Steps; step++)
        {
            uint bit = random.NextDouble() < 0.5 ? 1u : 0;
            row.Features[step] = bit;
            row.Label[step] = (parity ^= bit) + 1; // keys count from 1
        }

        return row;
    }

    private sealed class Row
    {
        [VectorType(Steps)]
        public float[] Features { get; set; } = [];

        [VectorType(Steps), KeyType(2)]
        public uint[] Label { get; set; } = [];
    }
}
