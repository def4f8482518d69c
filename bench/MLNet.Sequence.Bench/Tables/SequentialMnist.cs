using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Bench.Tables;

/// <summary>
/// Handwritten digits as sequences of 784 pixels (Le, Jaitly and Hinton, arXiv 1504.00941, in the form of Bai et al., arXiv
/// 1803.01271, section 4.2). On a CPU: only the first 10,000 training images, and the name of the figure says so.
/// </summary>
internal static class SequentialMnist
{
    private const int Pixels = 784, Training = 10_000, Validation = 1_000, Test = 10_000;

    private static readonly string Images = DataFiles.Shared("mnist", "train-images-idx3-ubyte.gz");

    public static IEnumerable<TableRow> Rows =>
    [
        new TableRow
        {
            Name = "mnist10k-tcn",
            Measure = "test accuracy, per cent, of training on 10,000 of the 60,000 images",
            Aim = 96,
            HigherIsBetter = true,
            Published = "99.0 with all images (Bai et al., TCN, 70K parameters)",
            Settings = "10,000 images, 1,000 others to validate on, 10,000 to test; batches of 32, Adam 4e-3, one cycle over 10 epochs, at most 50 minutes "
                + "of processor time; kernels start by PyTorch's rule, not from N(0, 0.01).",
            Data = Images,
            Train = seed => Train(seed, Training, permuted: false),
        },
        All("mnist-tcn", "99.0 (Bai et al., TCN, 70K parameters)", permuted: false),
        All("mnist-permuted-tcn", "97.2 (Bai et al., TCN, 70K parameters)", permuted: true),
    ];

    // A night of two cores, or a GPU.
    private static TableRow All(string name, string published, bool permuted) => new()
    {
        Name = name,
        Measure = "test accuracy, per cent",
        HigherIsBetter = true,
        Published = published,
        Settings = $"59,000 images, 1,000 others to validate on, 10,000 to test{(permuted ? "; the pixels of all in one random order" : "")}; the rest as "
            + "mnist10k-tcn, 10 epochs without a limit of time.",
        Data = Images,
        Train = seed => Train(seed, 60_000 - Validation, permuted),
    };

    private static TableResult Train(int seed, int training, bool permuted)
    {
        var ml = new MLContext(seed);
        int[] order = [.. Enumerable.Range(0, Pixels)];
        if (permuted)
            new Random(1).Shuffle(order);
        Digit[] all = Read("train", training + Validation, order);
        IDataView View(IEnumerable<Digit> digits) => ml.Data.LoadFromEnumerable(digits);
        var keys = ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(View(all));
        using SequencePredictionTransformer fitted = ml.MulticlassClassification.Trainers.Sequence(
            new Tcn { Channels = 25, Levels = 8, KernelSize = 7 }, new SequenceOptions
            {
                Pooling = PoolingKind.LastStep,
                ValidationSet = keys.Transform(View(all[training..])),
                Training = new TrainingOptions
                {
                    Epochs = 10,
                    LearningRate = 4e-3,
                    Schedule = new OneCycleSchedule(),
                    MaxTime = training == Training ? TimeSpan.FromMinutes(50) : null,
                    Clock = new ProcessorClock(),
                    Patience = null,
                    Monitor = "accuracy",
                    Seed = seed,
                    Threads = 1,
                    Progress = new EpochLines(),
                },
            }).Fit(keys.Transform(View(all[..training])));
        MulticlassClassificationMetrics metrics = ml.MulticlassClassification.Evaluate(fitted.Transform(keys.Transform(View(Read("t10k", Test, order)))));
        return new TableResult(100 * metrics.MicroAccuracy, fitted.Model, new Dictionary<string, double> { ["logLoss"] = metrics.LogLoss });
    }

    // Images: 16 bytes of header, then a byte for each pixel, row by row. Labels: 8 bytes of header, then one byte each.
    private static Digit[] Read(string part, int count, int[] order)
    {
        byte[] pixels = Bytes($"{part}-images-idx3-ubyte.gz", 16, count * Pixels), labels = Bytes($"{part}-labels-idx1-ubyte.gz", 8, count);
        return [.. Enumerable.Range(0, count).Select(image => new Digit
        {
            Label = labels[image],
            Features = [.. order.Select(pixel => pixels[image * Pixels + pixel] / 255f)],
        })];
    }

    private static byte[] Bytes(string name, int header, int count)
    {
        using Stream stream = DataFiles.OpenGzip(DataFiles.Shared("mnist", name));
        var bytes = new byte[header + count];
        stream.ReadExactly(bytes);
        return bytes[header..];
    }

    private sealed class Digit
    {
        public uint Label { get; set; }

        [VectorType(Pixels)]
        public float[] Features { get; set; } = [];
    }
}
