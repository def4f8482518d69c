using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Comparison;

namespace MLNet.Sequence.Bench.KnownTruth;

/// <summary>
/// Next symbols of a hidden Markov process: three states that mostly follow each other in a ring, each of which mostly emits its own
/// symbol.
/// </summary>
internal static class KnownText
{
    private const int Steps = 200;

    public static HiddenMarkov Process { get; } = new(
        [[0.1, 0.9, 0], [0, 0.1, 0.9], [0.9, 0, 0.1]], [[0.9, 0.05, 0.05], [0.05, 0.9, 0.05], [0.05, 0.05, 0.9]]);

    public static (RecurrenceReport Report, double Best) Compare(MLContext ml, int seed)
    {
        var random = new RandomStream(seed, Steps);
        int[][] Texts(int rows) => [.. Enumerable.Range(0, rows).Select(_ => Process.Make(random, Steps))];
        int[][] training = Texts(300), validation = Texts(100), test = Texts(100);
        RecurrenceReport report = ml.Sequence.Compare(
            View(ml, training),
            View(ml, test),
            new NextStepOptions
            {
                Kind = StepKind.Token,
                FeatureColumnName = "Tokens",
                Tokens = new TokenOptions { Vocabulary = Process.Symbols },
                ValidationSet = View(ml, validation),
                Training = new TrainingOptions
                {
                    Epochs = 20,
                    Patience = 4,
                    LearningRate = 1e-2,
                    BatchSize = 16,
                    Seed = seed,
                    Threads = 1,
                    ValidationFraction = 0,
                },
            },
            [new WindowMlp { Window = 4, HiddenSize = 16 }, new Lstm { HiddenSize = 16 }],
            new CompareOptions { Rounds = 1, Memory = new() { Examples = 16 } });
        return (report, test.Average(text => Process.CostAfterFirst(text)));
    }

    private static IDataView View(MLContext ml, int[][] texts) => ml.Data.LoadFromEnumerable(texts.Select(text => new Row { Tokens = text }));

    private sealed class Row
    {
        [VectorType(Steps)]
        public int[] Tokens { get; set; } = [];
    }
}
