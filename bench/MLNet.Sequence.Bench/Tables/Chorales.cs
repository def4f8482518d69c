using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Bench.Tables;

/// <summary>
/// Bach's chorales in quarter notes (Boulanger-Lewandowski et al., arXiv 1206.6392): each key of the next step independently; nats per
/// step, averaged over all steps of the set (Bai et al., arXiv 1803.01271, table 1).
/// </summary>
internal static class Chorales
{
    private const int Keys = 88, LowestNote = 21, Epochs = 100;

    private static readonly string File = Path.Combine(DataFiles.Repository, "src", "Samples", "Data", "jsb_chorales.json.gz");

    public static IEnumerable<TableRow> Rows =>
    [
        Row("jsb-tcn", 8.15, "8.10 (Bai et al., TCN, 300K parameters)", new Tcn { Channels = 150, Levels = 2, KernelSize = 3, Dropout = 0.5 }, 0.4,
            "the paper's channels, levels, kernel and dropout"),
        Row("jsb-tcn-300", 8.15, "8.10 (Bai et al., TCN, 300K parameters)", new Tcn { Channels = 300, Levels = 2, KernelSize = 3, Dropout = 0.65 }, 0.4,
            "300 channels and dropout .65 in place of 150 and .5, chosen by the validation sequences"),
        Row("jsb-lstm", 8.50, "8.45 (Bai et al., LSTM, 300K parameters)", new Lstm { HiddenSize = 200, Layers = 1, Dropout = 0.5 }, 1,
            "one layer, dropout .5 and forget bias 1 in place of two, .2 and 10"),
        Row("jsb-gru", null, "8.43 (Bai et al., GRU, 300K parameters)", new Gru { HiddenSize = 200, Dropout = 0.5 }, 1, "the settings of jsb-lstm"),
        Row("jsb-rnn", 8.95, "8.91 (Bai et al., RNN, 300K parameters)", new Rnn { HiddenSize = 200, Dropout = 0.2 }, 1,
            "one layer of 200 units, 76K parameters"),
        Stable("jsb-stable-rnn", "8.9 (Miller and Hardt, arXiv 1805.10369, stable RNN)", new StableRnn { HiddenSize = 200, Dropout = 0.2 }),
        Stable("jsb-stable-lstm", "8.5 (Miller and Hardt, arXiv 1805.10369, stable LSTM)", StableLstm),
        .. Limits.Select(lambda => Stable(
            FormattableString.Invariant($"jsb-stable-rnn-{lambda}"), "none", new StableRnn { HiddenSize = 200, Dropout = 0.2, Lambda = lambda })),
        .. LstmLimits.Select(lambda => Stable(FormattableString.Invariant($"jsb-stable-lstm-{lambda}"), "none", StableLstm with { Lambda = lambda })),
        .. Windows.Select(steps => Row($"jsb-lstm-ngram-{steps}", null, "none", new LstmNgram { Window = steps, HiddenSize = 200, Dropout = 0.5 }, 1,
            "the settings of jsb-lstm") with { Seeds = [1] }),
    ];

    /// <summary>Each window by each kind of model, with about 150,000 weights in the backbone.</summary>
    public static IEnumerable<TableRow> ByWindow => WindowRows.Of("jsb", Keys, 150_000, (name, architecture, _) =>
        Row(name, null, "none", architecture, 1, "about 150,000 weights in the backbone") with { Seeds = [1] });

    private static StableLstm StableLstm => new() { HiddenSize = 200, Dropout = 0.5, InputBound = 1 };

    /// <summary>The numbers of last steps of LSTM n-grams, at which the memory of all models is also measured.</summary>
    public static int[] Windows => [2, 4, 8, 16, 32, 64];

    // The cost and the benefit of stability.
    private static double[] Limits => [0.5, 0.7, 0.8, 0.9, 0.99, 0.999];

    private static double[] LstmLimits => [0.9, 0.99];

    private static TableRow Stable(string name, string published, Architecture architecture) =>
        Row(name, null, published, architecture, 1, "the settings of the row without stability");

    private static TableRow Row(string name, double? aim, string published, Architecture architecture, double clip, string differs) => new()
    {
        Name = name,
        Measure = "test nll",
        Seeds = [1, 2, 3],
        Aim = aim,
        Published = published,
        Settings = string.Create(CultureInfo.InvariantCulture,
            $"One sequence per step, {Epochs} epochs of Adam 1e-3, halved after 3 epochs without a better validation loss, clip {clip}; {differs}; the "
                + $"epoch of the best validation loss."),
        Train = seed => Train(seed, architecture, clip),
    };

    private static TableResult Train(int seed, Architecture architecture, double clip)
    {
        var ml = new MLContext(seed);
        using Stream stream = DataFiles.OpenGzip(File);
        Dictionary<string, int[][][]> pieces = JsonSerializer.Deserialize<Dictionary<string, int[][][]>>(stream)!;
        IDataView Part(string name) => ml.Data.LoadFromEnumerable(pieces[name].Select(piece => new Piece { Features = Roll(piece) }).ToArray());
        using NextStepTransformer fitted = ml.Sequence.Trainers.NextStep(architecture, new NextStepOptions
        {
            Kind = StepKind.MultiLabel,
            Features = Keys,
            ValidationSet = Part("valid"),
            Training = new TrainingOptions
            {
                Epochs = Epochs,
                BatchSize = 1,
                ClipNorm = clip,
                // The same number of epochs for all.
                Patience = null,
                Schedule = new PlateauSchedule { Patience = 3 },
                Seed = seed,
                Threads = 1,
                Progress = new EpochLines(),
            },
        }).Fit(Part("train"));
        NextStepMetrics Score(string part) => ml.Sequence.EvaluateNextStep(fitted.Transform(Part(part)));
        NextStepMetrics valid = Score("valid"), test = Score("test");
        var others = new Dictionary<string, double> { ["validNll"] = valid.Loss };
        MemoryCertificate certificate = fitted.Model.Certificate;
        if (certificate.Lambda is { } lambda)
            others["lambda"] = lambda;
        if (certificate.StepsFor(1e-2) is { } steps)
            others["certifiedStepsFor1e-2"] = steps;
        MemoryReport horizon = ml.Sequence.MeasureMemory(fitted, Part("test"), new MemoryOptions { Steps = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32] });
        foreach (MemoryStep step in horizon.Curve)
            others[FormattableString.Invariant($"lossOfTheLast{step.Steps}")] = step.Metric;
        (others["stepsFor1Percent"], others["stepsFor1PercentLow"], others["stepsFor1PercentHigh"]) = (horizon.Steps, horizon.StepsLow, horizon.StepsHigh);
        return new TableResult(test.Loss, fitted.Model, others);
    }

    private static float[] Roll(int[][] piece)
    {
        var roll = new float[piece.Length * Keys];
        for (int step = 0; step < piece.Length; step++)
        {
            foreach (int note in piece[step])
                roll[step * Keys + note - LowestNote] = 1;
        }

        return roll;
    }

    private sealed class Piece
    {
        [VectorType]
        public float[] Features { get; set; } = [];
    }
}
