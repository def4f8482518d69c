using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Bench.Tables;

/// <summary>
/// The adding problem in the form of Hochreiter and Schmidhuber (1997, section 5.4), in which the marked numbers are far apart: two of 200
/// numbers uniform in [0, 1] are marked, one in each half. The target is their sum at the end. A constant prediction of 1 has an error of
/// .1667. Bai et al.
/// (arXiv 1803.01271, section 4.1), whose figures are shown for comparison, mark two anywhere.
/// </summary>
internal static class AddingProblem
{
    private const int Length = 200, LongLength = 600, Training = 50_000, Test = 2_000;

    public static IEnumerable<TableRow> Rows =>
    [
        Row("adding-tcn", "5.8e-5 at T = 600 (Bai et al., TCN, 70K parameters)", new Tcn { Channels = 24, Levels = 6, KernelSize = 8 }, null, (4e-3, 3),
            Length, "6 levels, for T = 200; kernels start by PyTorch's rule, not from N(0, 0.01)"),
        Row("adding-lstm", ".164 at T = 600 (Bai et al., LSTM, 70K parameters)", new Lstm { HiddenSize = 130 }, 5, (2e-3, 2), Length, "as there"),
        Row("adding-600-tcn", "5.8e-5 (Bai et al., TCN, 70K parameters)", new Tcn { Channels = 24, Levels = 8, KernelSize = 8 }, null, (4e-3, 3), LongLength,
            "T = 600; kernels start by PyTorch's rule, not from N(0, 0.01)"),
        Row("adding-600-lstm", ".164 (Bai et al., LSTM, 70K parameters)", new Lstm { HiddenSize = 130 }, 5, (2e-3, 2), LongLength, "T = 600, as there") with
        {
            // It is not expected to be learnt: only compared with the TCN.
            Aim = null,
        },
    ];

    private static TableRow Row(string name, string published, Architecture architecture, double? clip, (double Rate, int Epochs) most, int length,
        string differs) => new()
        {
            Name = name,
            Measure = "test mean squared error",
            Aim = 1e-3,
            Published = published,
            Settings = string.Create(CultureInfo.InvariantCulture,
            $"50,000 sequences, batches of 32, Adam {most.Rate}, {(clip is null ? "no clipping" : $"clip {clip}")}, halved after 2 epochs without a better "
                + $"validation loss, at most {most.Epochs} epochs; {differs}."),
            Train = seed => Train(seed, architecture, clip, (most.Rate, most.Epochs, length)),
        };

    private static TableResult Train(int seed, Architecture architecture, double? clip, (double Rate, int Epochs, int Length) most)
    {
        var ml = new MLContext(seed);
        using SequencePredictionTransformer fitted = ml.Regression.Trainers.Sequence(architecture, new SequenceOptions
        {
            Pooling = PoolingKind.LastStep,
            ValidationSet = View(ml, most.Length, Test, seed: 2),
            Training = new TrainingOptions
            {
                Epochs = most.Epochs,
                LearningRate = most.Rate,
                ClipNorm = clip,
                Patience = 6,
                Schedule = new PlateauSchedule { Patience = 2 },
                Seed = seed,
                Threads = 1,
                Progress = new EpochLines(),
            },
        }).Fit(View(ml, most.Length, Training, seed: 1));
        double error = ml.Regression.Evaluate(fitted.Transform(View(ml, most.Length, Test, seed: 3))).MeanSquaredError;
        return new TableResult(error, fitted.Model, new Dictionary<string, double>());
    }

    /// <summary>Rows of <c>Features</c> [steps, 2], numbers and marks, and their <c>Label</c>.</summary>
    public static IDataView View(MLContext ml, int steps, int count, int seed)
    {
        var random = new Random(seed);
        var definition = SchemaDefinition.Create(typeof(Sum));
        definition[nameof(Sum.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, steps, 2);
        return ml.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(_ => One(random, steps)).ToArray(), definition);
    }

    private static Sum One(Random random, int steps)
    {
        var values = new float[2 * steps];
        for (int step = 0; step < steps; step++)
            values[2 * step] = random.NextSingle();
        int first = random.Next(steps / 2), second = steps / 2 + random.Next(steps / 2);
        values[2 * first + 1] = values[2 * second + 1] = 1;
        return new Sum { Features = values, Label = values[2 * first] + values[2 * second] };
    }

    private sealed class Sum
    {
        [VectorType]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
