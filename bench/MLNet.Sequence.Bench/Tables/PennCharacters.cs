using Microsoft.ML;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Bench.Tables;

/// <summary>
/// Characters of the Penn Treebank, in Mikolov's form, on a small budget: the same number of passes for each architecture, so that a result
/// does not depend on the load of the machine. Their processor time is recorded.
/// </summary>
internal static class PennCharacters
{
    private const int Chunk = 150, Streams = 8, ToValidate = 65_536;

    // The rows on which memory is measured.
    private const int Examples = 64, ExampleLength = 256;

    private const int Passes = 1;

    public static IEnumerable<TableRow> Rows =>
    [
        Row("ptb-char-tcn", "1.31 (Bai et al., TCN, 3M parameters, trained to the end)", new Tcn { Channels = 256, Levels = 4 }),
        Row("ptb-char-lstm", "1.36 (Bai et al., LSTM)", new Lstm { HiddenSize = 400, Dropout = 0.1 }),
        Row("ptb-char-gru", "1.37 (Bai et al., GRU)", new Gru { HiddenSize = 450, Dropout = 0.1 }),
        Row("ptb-char-rnn", "1.48 (Bai et al., RNN)", new Rnn { HiddenSize = 700, Dropout = 0.1 }),
        Row("ptb-char-gated-conv", "none", new GatedConv { Channels = 192 }),
        Row("ptb-char-stable-rnn", "none", StableRnn),
        Row("ptb-char-stable-rnn-2", "none", StableRnn with { Layers = 2 }),
        Row("ptb-char-stable-lstm", "none", StableLstm),
        Row("ptb-char-stable-lstm-2", "none", StableLstm with { Layers = 2, HiddenSize = 250 }),
    ];

    /// <summary>
    /// Each window by each kind of model, with about 500,000 weights in the backbone; those of embedding and head come on top. No kind carries a state,
    /// so chunks have at least four times the steps of a window, and at most a quarter of the training outputs lack a part of it.
    /// </summary>
    public static IEnumerable<TableRow> ByWindow => WindowRows.Of("ptb-char", 64, 500_000, (name, architecture, window) =>
        Row(name, "none", architecture, Math.Max(Chunk, 4 * window)));

    private static StableRnn StableRnn => new()
    {
        HiddenSize = 400,
        Dropout = 0.1,
        Lambda = 0.99,
        Recurrent = RecurrentInitialization.Orthogonal,
        Projection = SpectralProjection.SingularValues
    };

    private static StableLstm StableLstm => new() { HiddenSize = 400, Dropout = 0.1, Lambda = 0.99 };

    private static PennText Text() => new("char", "ptb.char", "\n");

    private static TableRow Row(string name, string published, Architecture architecture, int chunk = Chunk) => new()
    {
        Name = name,
        Measure = "test bits per character",
        Published = published,
        Settings = FormattableString.Invariant($"One continuous text in {StreamsOf(chunk)} streams, ")
            + FormattableString.Invariant($"chunks of {chunk} characters, vectors of 64 channels, Adam 2e-3 by a cosine over {Passes} pass of the training ")
            + "text, clip .15. Validation and test text are read from their first character to their last.",
        Data = Text().File("train"),
        Train = seed => Train(seed, architecture, chunk),
    };

    // About the same number of characters in a step of the optimiser.
    private static int StreamsOf(int chunk) => Math.Max(1, Streams * Chunk / chunk);

    private static TableResult Train(int seed, Architecture architecture, int chunk)
    {
        var ml = new MLContext(seed);
        PennText text = Text();
        int[] train = text.Read("train"), valid = text.Read("valid"), test = text.Read("test");
        TimeSpan before = Environment.CpuUsage.TotalTime;
        using NextStepTransformer fitted = ml.Sequence.Trainers.NextStep(architecture, new NextStepOptions
        {
            Kind = StepKind.Token,
            Tokens = new TokenOptions { Vocabulary = text.Symbols },
            ContinuousText = true,
            ValidationSet = PennText.View(ml, valid.AsSpan(0, ToValidate)),
            Training = new TrainingOptions
            {
                Epochs = Passes,
                Schedule = new CosineSchedule(),
                ValidationFraction = 0,
                BatchSize = StreamsOf(chunk),
                BackpropSteps = chunk,
                LearningRate = 2e-3,
                ClipNorm = 0.15,
                Seed = seed,
                Threads = 1,
                Progress = new EpochLines(),
            },
        }).Fit(PennText.View(ml, train));
        double minutes = (Environment.CpuUsage.TotalTime - before).TotalMinutes;
        double bits = ml.Sequence.EvaluateContinuousText(fitted.Model, PennText.View(ml, test)).BitsPerToken;
        MemoryReport horizon = ml.Sequence.MeasureMemory(fitted, PennText.View(ml, test.AsSpan(0, Examples * ExampleLength), ExampleLength),
            new MemoryOptions { Examples = Examples, Steps = [1, 2, 4, 8, 16, 32, 64, 128] });
        MemoryCertificate certificate = fitted.Model.Certificate;
        return new TableResult(bits, fitted.Model, new Dictionary<string, double>
        {
            ["validBitsPerCharacter"] = ml.Sequence.EvaluateContinuousText(fitted.Model, PennText.View(ml, valid)).BitsPerToken,
            ["processorMinutes"] = minutes,
            ["steps"] = fitted.Model.Report.Epochs[^1].Step,
            ["lambda"] = certificate.Lambda ?? double.NaN,
            ["certifiedStepsFor1e-2"] = certificate.StepsFor(1e-2) ?? double.NaN,
            ["stepsFor1Percent"] = horizon.Steps,
            ["stepsFor1PercentLow"] = horizon.StepsLow,
            ["stepsFor1PercentHigh"] = horizon.StepsHigh,
        });
    }
}
