using Microsoft.ML;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Bench.Tables;

/// <summary>
/// Words of the Penn Treebank, in Mikolov's form, at equal processor time: perplexity of the epoch with the best validation loss after an hour of it. A
/// row can be made in parts: its checkpoints are in out/table, and a limit counts the time of all parts.
/// </summary>
internal static class PennWords
{
    // Models without a state see nothing before their chunk: theirs is longer, with as many words in a step of the optimiser.
    private const int TokensPerStep = 700, Chunk = 35, LongChunk = 4 * Chunk, Vectors = 256, Threads = 2, Examples = 8, ExampleLength = 65;

    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(60);

    /// <param name="limit">The processor time of training, over all parts; null: 60 minutes.</param>
    public static IEnumerable<TableRow> Rows(TimeSpan? limit) =>
    [
        Row("lstm", "78.9 (Bai et al., arXiv 1803.01271, LSTM, 13M parameters); 78.4 (Zaremba et al., arXiv 1409.2329, large LSTM)",
            new Lstm { HiddenSize = Vectors, Dropout = 0.4 }, limit),
        Row("tcn", "88.7 (Bai et al., TCN, 13M parameters)", new Tcn { Channels = Vectors, Levels = 4, KernelSize = 3, Dropout = 0.4 }, limit,
            LongChunk),
        Row("gated-conv", "none", new GatedConv { Channels = Vectors }, limit, LongChunk),
        Row("gru", "92.5 (Bai et al., GRU)", new Gru { HiddenSize = Vectors, Dropout = 0.4 }, limit),
        Row("rnn", "114.5 (Bai et al., RNN)", new Rnn { HiddenSize = Vectors, Dropout = 0.4 }, limit),
        Row("transformer", "none", new Transformer { Channels = Vectors, Layers = 2, Heads = 4, Dropout = 0.3 }, limit, LongChunk),
        Row("projected-lstm", "none", new ProjectedLstm { HiddenSize = 2 * Vectors, ProjectionSize = Vectors, Dropout = 0.4 }, limit),
        Row("stable-rnn", "none", new StableRnn
        {
            HiddenSize = Vectors,
            Dropout = 0.4,
            Lambda = 0.99,
            Recurrent = RecurrentInitialization.Orthogonal,
            Projection = SpectralProjection.SingularValues,
        }, limit),
        Row("stable-lstm", "none", new StableLstm { HiddenSize = Vectors, Dropout = 0.4, Lambda = 0.99 }, limit),
    ];

    private static TableRow Row(string name, string published, Architecture architecture, TimeSpan? limit, int chunk = Chunk) => new()
    {
        Name = $"ptb-word-{name}",
        Measure = "test perplexity per word",
        Published = published,
        InParts = true,
        Threads = Threads,
        Settings = FormattableString.Invariant($"One continuous text in {TokensPerStep / chunk} streams, ")
            + FormattableString.Invariant($"chunks of {chunk} words, vectors of {Vectors} channels that input and output ")
            + "share, dropout .4 on them, Adam 1e-3, halved after 1 epoch without a better validation loss, clip .25; the epoch of the best validation "
            + FormattableString.Invariant($"loss within {(limit ?? Budget).TotalMinutes} minutes of processor time. ")
            + "Validation and test text are read from their first word to their last.",
        Data = Text().File("train"),
        Train = seed => Train(seed, $"ptb-word-{name}", architecture, limit ?? Budget, chunk),
    };

    private static PennText Text() => new("word", "ptb", "<eos>");

    private static TableResult Train(int seed, string name, Architecture architecture, TimeSpan limit, int chunk)
    {
        var ml = new MLContext(seed);
        PennText text = Text();
        int[] train = text.Read("train"), valid = text.Read("valid"), test = text.Read("test");
        string checkpoints = Path.Combine(DataFiles.Repository, "out", "table", $"{name}-checkpoints");
        using NextStepTransformer fitted = ml.Sequence.Trainers.NextStep(architecture, new NextStepOptions
        {
            Kind = StepKind.Token,
            Tokens = new TokenOptions { Vocabulary = text.Symbols, EmbeddingSize = Vectors, Dropout = 0.4 },
            TiedEmbedding = true,
            ContinuousText = true,
            ValidationSet = PennText.View(ml, valid),
            Training = new TrainingOptions
            {
                Epochs = 40,
                Patience = null,
                BatchSize = TokensPerStep / chunk,
                BackpropSteps = chunk,
                LearningRate = 1e-3,
                Schedule = new PlateauSchedule { Patience = 1 },
                ClipNorm = 0.25,
                Seed = seed,
                Threads = Threads,
                MaxTime = limit,
                Clock = new ProcessorClock(),
                Checkpoints = new CheckpointOptions { Directory = checkpoints },
                ResumeFrom = checkpoints,
                Progress = new EpochLines(),
            },
        }).Fit(PennText.View(ml, train));
        double perplexity = ml.Sequence.EvaluateContinuousText(fitted.Model, PennText.View(ml, test)).Perplexity;
        MemoryReport memory = ml.Sequence.MeasureMemory(fitted, PennText.View(ml, test.AsSpan(0, Examples * ExampleLength), ExampleLength),
            new MemoryOptions { Examples = Examples, Steps = [1, 2, 4, 8, 16, 32, 64] });
        MemoryCertificate certificate = fitted.Model.Certificate;
        return new TableResult(perplexity, fitted.Model, new Dictionary<string, double>
        {
            ["validPerplexity"] = ml.Sequence.EvaluateContinuousText(fitted.Model, PennText.View(ml, valid)).Perplexity,
            ["steps"] = fitted.Model.Report.Epochs[^1].Step,
            ["wordsPerProcessorSecond"] = fitted.Model.Report.Epochs[^1].Step * TokensPerStep / fitted.Model.Report.Seconds,
            ["lambda"] = certificate.Lambda ?? double.NaN,
            ["lambdaAlongTheData"] = memory.ContractionRate ?? double.NaN,
            ["certifiedStepsFor1e-2"] = certificate.StepsFor(1e-2) ?? double.NaN,
            ["stepsFor1Percent"] = memory.Steps,
        });
    }
}
