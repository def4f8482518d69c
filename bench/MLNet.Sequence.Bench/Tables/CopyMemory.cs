using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Estimators;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Bench.Tables;

/// <summary>
/// Copy memory (Hochreiter and Schmidhuber 1997; Arjovsky et al., arXiv 1511.06464, section 4.1; Bai et al., arXiv 1803.01271, section
/// 4.1): ten digits from 1 to 8, 500 blanks, then a mark at which the ten digits are to be said again. Whoever guesses them has a
/// cross-entropy of 10 ln 8 / 520 = .0400 nats a step.
/// </summary>
internal static class CopyMemory
{
    private const int Blanks = 500, Digits = 10, Steps = Blanks + 2 * Digits, Tokens = 10, Mark = 9, Training = 10_000, Test = 1_000;

    /// <summary>The TCN that copies: it sees 1,779 steps.</summary>
    public static Tcn Network => new() { Channels = 10, Levels = 7, KernelSize = 8, Dropout = 0.05f };

    public static IEnumerable<TableRow> Rows =>
    [
        Row("copy-tcn", 1e-3, "3.5e-5 at T = 1000 (Bai et al., TCN, 16K parameters)",
            Network, "7 levels, for T = 500; kernels start by PyTorch's rule"),
        Row("copy-lstm", null, ".0204 at T = 1000, where guessing costs .0204 (Bai et al., LSTM)", new Lstm { HiddenSize = 50, Dropout = 0.05f }, "as there"),
        Row("copy-gru", null, ".0197 at T = 1000, where guessing costs .0204 (Bai et al., GRU)", new Gru { HiddenSize = 60, Dropout = 0.05f }, "as there"),
    ];

    private static TableRow Row(string name, double? aim, string published, Architecture architecture, string differs) => new()
    {
        Name = name,
        Measure = "test cross-entropy per step; guessing .0400",
        Aim = aim,
        Published = published,
        Settings = $"10,000 sequences of tokens with vectors of 10 channels, batches of 32, RMSprop 5e-4, clip 1, 20 epochs; {differs}.",
        Train = seed => Train(seed, architecture),
    };

    private static TableResult Train(int seed, Architecture architecture)
    {
        var ml = new MLContext(seed);
        using SequencePredictionTransformer fitted = ml.MulticlassClassification.Trainers.SequenceTagger(architecture, Options(ml, seed)).Fit(TrainingSet(ml));
        (double loss, double right) = Score(fitted.Transform(TestSet(ml)));
        return new TableResult(loss, fitted.Model, new Dictionary<string, double> { ["partOfTheDigitsThatAreRight"] = right });
    }

    /// <summary>How all rows are trained.</summary>
    public static SequenceTaggerOptions Options(MLContext ml, int seed) => new()
    {
        Tokens = new TokenOptions { Vocabulary = Tokens, EmbeddingSize = Tokens },
        ValidationSet = View(ml, Test, seed: 2),
        Training = new TrainingOptions
        {
            Epochs = 20,
            LearningRate = 5e-4f,
            Optimizer = new RmsProp(),
            Patience = null,
            Seed = seed,
            Threads = 1,
            Progress = new EpochLines(),
        },
    };

    public static IDataView TrainingSet(MLContext ml) => View(ml, Training, seed: 1);

    public static IDataView TestSet(MLContext ml) => View(ml, Test, seed: 3);

    private static IDataView View(MLContext ml, int count, int seed) => ml.Data.LoadFromEnumerable(Copies(count, seed));

    private static (double Loss, double Right) Score(IDataView scored)
    {
        double loss = 0, right = 0;
        long rows = 0;
        foreach ((float[] scores, uint[] labels) in scored.GetColumn<float[]>("Scores").Zip(scored.GetColumn<uint[]>("Label")))
        {
            rows++;
            for (int step = 0; step < Steps; step++)
            {
                ReadOnlySpan<float> shares = scores.AsSpan(step * Tokens, Tokens);
                float share = shares[(int)labels[step] - 1];
                loss -= Math.Log(share);
                right += step >= Steps - Digits && share == System.Numerics.Tensors.TensorPrimitives.Max(shares) ? 1 : 0;
            }
        }

        return (loss / (rows * Steps), right / (rows * Digits));
    }

    private static Copy[] Copies(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => One(random))];
    }

    private static Copy One(Random random)
    {
        var copy = new Copy { Features = new int[Steps], Label = new uint[Steps] };
        Array.Fill(copy.Label, 1u);
        Array.Fill(copy.Features, Mark, Steps - Digits - 1, Digits + 1);
        for (int i = 0; i < Digits; i++)
        {
            int digit = 1 + random.Next(8);
            copy.Features[i] = digit;
            copy.Label[Steps - Digits + i] = (uint)digit + 1; // keys count from 1
        }

        return copy;
    }

    private sealed class Copy
    {
        [VectorType(Steps)]
        public int[] Features { get; set; } = [];

        [VectorType(Steps), KeyType(Tokens)]
        public uint[] Label { get; set; } = [];
    }
}
