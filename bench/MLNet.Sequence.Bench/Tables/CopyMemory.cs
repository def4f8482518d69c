using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Bench.Tables;

/// <summary>
/// Copy memory (Hochreiter and Schmidhuber 1997; Arjovsky et al., arXiv 1511.06464, section 4.1; Bai et al., arXiv 1803.01271, section
/// 4.1): ten digits from 1 to 8, 500 blanks, then a mark, after which the ten digits must be repeated. Guessing has a cross-entropy of 10
/// ln 8 / 520 = .0400 nats per step.
/// </summary>
internal static class CopyMemory
{
    private const int Blanks = 500, LongBlanks = 1000, Length = 10, Vocabulary = 10, Mark = 9, Training = 10_000, Test = 1_000;

    /// <summary>The TCN that solves the task: it sees 1,779 steps.</summary>
    public static Tcn Network => new() { Channels = 10, Levels = 7, KernelSize = 8, Dropout = 0.05 };

    public static IEnumerable<TableRow> Rows =>
    [
        Row("copy-tcn", 1e-3, "3.5e-5 at T = 1000 (Bai et al., TCN, 16K parameters)",
            Network, "7 levels, for T = 500; kernels start by PyTorch's rule"),
        Row("copy-lstm", null, ".0204 at T = 1000, where guessing costs .0204 (Bai et al., LSTM)", new Lstm { HiddenSize = 50, Dropout = 0.05 }, "as there"),
        Row("copy-gru", null, ".0197 at T = 1000, where guessing costs .0204 (Bai et al., GRU)", new Gru { HiddenSize = 60, Dropout = 0.05 }, "as there"),
        Row("copy-1000-tcn", null, "3.5e-5 (Bai et al., TCN, 16K parameters)", Network with { Levels = 8 },
            "8 levels; kernels start by PyTorch's rule", LongBlanks),
        Row("copy-1000-lstm", null, ".0204 (Bai et al., LSTM)", new Lstm { HiddenSize = 50, Dropout = 0.05 }, "as there", LongBlanks),
        Row("copy-1000-gru", null, ".0197 (Bai et al., GRU)", new Gru { HiddenSize = 60, Dropout = 0.05 }, "as there", LongBlanks),
    ];

    private static TableRow Row(string name, double? aim, string published, Architecture architecture, string differs, int blanks = Blanks) => new()
    {
        Name = name,
        Measure = FormattableString.Invariant($"test cross-entropy per step; guessing {Length * Math.Log(8) / (blanks + 2 * Length):F4}"),
        Aim = aim,
        Published = published,
        Settings = $"10,000 sequences of tokens with vectors of 10 channels, batches of 32, RMSprop 5e-4, clip 1, 20 epochs; {differs}.",
        Train = seed => Train(seed, architecture, blanks),
    };

    private static TableResult Train(int seed, Architecture architecture, int blanks)
    {
        var ml = new MLContext(seed);
        using SequencePredictionTransformer fitted = ml.MulticlassClassification.Trainers.SequenceTagger(
            architecture, Options(ml, seed) with { ValidationSet = View(ml, Test, 2, blanks) }).Fit(View(ml, Training, 1, blanks));
        (double loss, double right) = Score(fitted.Transform(View(ml, Test, 3, blanks)), blanks + 2 * Length);
        return new TableResult(loss, fitted.Model, new Dictionary<string, double> { ["partOfTheDigitsThatAreRight"] = right });
    }

    /// <summary>The values of a step.</summary>
    public static TokenOptions Digits => new() { Vocabulary = Vocabulary, EmbeddingSize = Vocabulary };

    /// <summary>The training of all rows.</summary>
    public static SequenceTaggerOptions Options(MLContext ml, int seed) => new()
    {
        Tokens = Digits,
        ValidationSet = View(ml, Test, 2, Blanks),
        Training = new TrainingOptions
        {
            Epochs = 20,
            LearningRate = 5e-4,
            Optimizer = new RmsProp(),
            Patience = null,
            Seed = seed,
            Threads = 1,
            Progress = new EpochLines(),
        },
    };

    public static IDataView TrainingSet(MLContext ml) => View(ml, Training, 1, Blanks);

    public static IDataView TestSet(MLContext ml) => View(ml, Test, 3, Blanks);

    /// <summary>Rows of <c>Features</c>, tokens, and their <c>Label</c>, with the given number of blanks in between.</summary>
    public static IDataView View(MLContext ml, int count, int seed, int blanks)
    {
        var definition = SchemaDefinition.Create(typeof(Copy));
        definition[nameof(Copy.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Int32, blanks + 2 * Length);
        definition[nameof(Copy.Label)].ColumnType = new VectorDataViewType(new KeyDataViewType(typeof(uint), Vocabulary), blanks + 2 * Length);
        var random = new Random(seed);
        return ml.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(_ => One(random, blanks + 2 * Length)).ToArray(), definition);
    }

    private static (double Loss, double Right) Score(IDataView scored, int steps)
    {
        double loss = 0, right = 0;
        long rows = 0;
        foreach ((float[] scores, uint[] labels) in scored.GetColumn<float[]>("Scores").Zip(scored.GetColumn<uint[]>("Label")))
        {
            rows++;
            for (int step = 0; step < steps; step++)
            {
                ReadOnlySpan<float> shares = scores.AsSpan(step * Vocabulary, Vocabulary);
                float share = shares[(int)labels[step] - 1];
                loss -= Math.Log(share);
                right += step >= steps - Length && share == System.Numerics.Tensors.TensorPrimitives.Max(shares) ? 1 : 0;
            }
        }

        return (loss / (rows * steps), right / (rows * Length));
    }

    private static Copy One(Random random, int steps)
    {
        var copy = new Copy { Features = new int[steps], Label = new uint[steps] };
        Array.Fill(copy.Label, 1u);
        Array.Fill(copy.Features, Mark, steps - Length - 1, Length + 1);
        for (int i = 0; i < Length; i++)
        {
            int digit = 1 + random.Next(8);
            copy.Features[i] = digit;
            copy.Label[steps - Length + i] = (uint)digit + 1; // keys count from 1
        }

        return copy;
    }

    private sealed class Copy
    {
        public int[] Features { get; set; } = [];

        public uint[] Label { get; set; } = [];
    }
}
